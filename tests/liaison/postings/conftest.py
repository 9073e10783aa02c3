"""The desk with postings of both sides."""

from tests.desk import desk

__all__ = ["desk"]
