"""Codes shared by every room: handling, evaluation, urgency, refusal grounds, themes, purposes, persons, clocks.

Each code is a ``StrEnum`` whose value is what travels on the wire; each has a plain English label and a source.
Unknown codes are refused by the schemas that use them: nothing here has a default.
"""
