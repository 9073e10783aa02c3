"""Dialogue: meetings, agreed statements clause by clause, and the read-outs of both sides."""
