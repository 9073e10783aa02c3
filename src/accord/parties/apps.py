"""Registers the parties app."""

from django.apps import AppConfig

__all__ = ["PartiesConfig"]


class PartiesConfig(AppConfig):
    """The ``parties`` app."""

    name = "accord.parties"
    label = "parties"
