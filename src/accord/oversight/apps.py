"""Django configuration of the oversight app."""

from django.apps import AppConfig

__all__ = ["OversightConfig"]


class OversightConfig(AppConfig):
    """Oversight: what a reviewer reads of this node; its tables hold the reviewers' own work alone."""

    name = "accord.oversight"
    label = "oversight"
    verbose_name = "Oversight"
    default_auto_field = "django.db.models.BigAutoField"
