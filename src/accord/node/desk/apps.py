"""The desk as a Django app."""

from django.apps import AppConfig

__all__ = ["DeskConfig"]


class DeskConfig(AppConfig):
    """Pages, templates and texts of the desk."""

    name = "accord.node.desk"
    label = "desk"
