"""A node with officers, of which everything that happens becomes notices."""

from tests.desk import desk

__all__ = ["desk"]
