"""The workplan as files: a workbook, a Word document, JSON, a calendar, a printed plan and a brief of one page.

What comes in is never stored by itself: each reader returns a preview of what was understood, what was not, and what
would change (:mod:`accord.workplan.documents.preview`); an officer looks at it and saves the draft.
"""
