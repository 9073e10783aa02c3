"""Measurements of Accord, each beside the limit that this machine's primitives set in the same run.

``python -m bench`` runs all of it and writes ``bench/results/YYYY-MM-DD-<name>.json``. No test asserts a wall-clock
figure: a figure belongs to a machine and is read by people, a test belongs to behaviour.
"""
