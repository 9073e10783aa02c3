from tests.desk import desk

__all__ = ["desk"]
