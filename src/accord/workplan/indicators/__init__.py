"""Indicators: what the plan promises to measure, as each node's own log shows it, beside what the other side says."""
