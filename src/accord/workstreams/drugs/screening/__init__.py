"""Screening of manifests: each line is read, held against rules, and flagged with the reason in words."""
