"""Handling that is enforced after arrival: uses, permissions, derivatives, corrections, objections, retention."""
