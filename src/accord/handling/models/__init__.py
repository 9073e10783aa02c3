"""What is kept of handling, one file a noun."""

__all__: list[str] = []
