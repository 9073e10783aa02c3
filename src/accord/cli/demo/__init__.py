"""``accord demo``: two nodes on loopback, Canada and India, and one lawful request from draft to proof."""

from accord.cli.demo.command import app

__all__ = ["app"]
