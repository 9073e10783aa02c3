"""Manifests as officers bring them: kept sealed, screened by the node, and their flags followed by messages.

The pure part, which reads lines and holds them against rules, is :mod:`accord.workstreams.drugs.screening`.
"""
