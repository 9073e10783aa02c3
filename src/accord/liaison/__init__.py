"""Liaison officers: postings and what they may send, the directory of authorities, the duty roster and handovers."""
