"""Screenings as acts of officers: a manifest is brought, screened by the node, its flags are marked and followed.

The pure part, which reads lines and holds them against rules, is :mod:`accord.workstreams.drugs.screening`.
"""
