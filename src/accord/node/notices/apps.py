"""Notices as a Django app."""

from django.apps import AppConfig

__all__ = ["NoticesConfig"]


class NoticesConfig(AppConfig):
    """What happened, for whom, whether it was read, and what was sent of it."""

    name = "accord.node.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
