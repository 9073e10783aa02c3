"""Subjects on which the two sides cooperate: one folder each, which can be taken out without breaking anything else.

A folder is a Django app. Its ``apps.py`` tells the rooms below of its kinds, of what they do and tell the law gate, and
of what is measured; nothing else does. Inside, a folder is named for a noun of the subject. Its pages stand in
``accord.node.desk.workstreams``, its operations in ``accord.node.api.workstreams`` (docs/adr/0027).
"""
