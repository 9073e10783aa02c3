"""Drugs: the pages of the precursor officer."""
