"""The desk with a directory and test calls."""

from tests.desk import desk

__all__ = ["desk"]
