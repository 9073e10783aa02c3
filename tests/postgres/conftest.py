"""The officers whose rows a flush takes out."""

from tests.desk import desk

__all__ = ["desk"]
