"""Tables of the workplan app."""
