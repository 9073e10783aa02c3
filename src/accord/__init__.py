"""Accord: lawful security cooperation between two states that do not fully trust each other."""

__version__ = "0.1.0"

__all__ = ["__version__"]
