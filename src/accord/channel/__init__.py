"""The channel: two co-signed logs between two parties that do not fully trust each other.

Everything in this folder is pure: bytes in, bytes, values and events out.
Time arrives as ``now_ms`` (milliseconds since the Unix epoch, UTC), randomness as ``entropy``, keys and storage as
arguments. The normative text is ``docs/protocol.md``; where code and text differ, that is a fault to be reported.
"""
