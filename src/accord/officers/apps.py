"""Django configuration of the officers app."""

from django.apps import AppConfig

__all__ = ["OfficersConfig"]


class OfficersConfig(AppConfig):
    """Officers: the user model, permissions, API accounts and the list of acts."""

    name = "accord.officers"
    label = "officers"
    verbose_name = "Officers"
    default_auto_field = "django.db.models.BigAutoField"
