"""Tests of the room for handling after arrival."""
