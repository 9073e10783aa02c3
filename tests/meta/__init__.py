"""Tests of the promises that the house makes about itself."""
