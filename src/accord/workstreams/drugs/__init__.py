"""Drugs and their precursors: which substances are controlled where and when, and how their consignments are found.

Only what authorities publish stands here: names, registry numbers, tariff codes, control status. Nothing of how a
substance is made.
"""
