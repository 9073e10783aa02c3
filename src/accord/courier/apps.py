"""Registers the courier app."""

from django.apps import AppConfig

__all__ = ["CourierConfig"]


class CourierConfig(AppConfig):
    """The ``courier`` app."""

    name = "accord.courier"
    label = "courier"
