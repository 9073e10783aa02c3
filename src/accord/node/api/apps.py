"""Django configuration of the API: it owns the answers kept for repeated requests, and the uploads."""

from django.apps import AppConfig

__all__ = ["ApiConfig"]


class ApiConfig(AppConfig):
    """The API."""

    name = "accord.node.api"
    label = "api"
    verbose_name = "API"
    default_auto_field = "django.db.models.BigAutoField"
