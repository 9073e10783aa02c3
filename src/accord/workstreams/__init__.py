"""Subjects on which the two sides cooperate: one folder each, which can be taken out without breaking anything else."""
