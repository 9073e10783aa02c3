"""The desk for the tests of this workstream."""

from tests.desk import desk

__all__ = ["desk"]
