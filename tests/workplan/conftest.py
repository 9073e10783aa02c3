"""The desk for the tests of this room."""

from tests.desk import desk

__all__ = ["desk"]
