"""Workplan: the plan that both sides sign, its actions, and the indicators measured from both logs."""
