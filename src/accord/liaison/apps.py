"""Django configuration of the liaison app."""

from django.apps import AppConfig

__all__ = ["LiaisonConfig"]


class LiaisonConfig(AppConfig):
    """Liaison officers: postings, what they may send, the directory of authorities, the duty roster, handovers."""

    name = "accord.liaison"
    label = "liaison"
    verbose_name = "Liaison"
    default_auto_field = "django.db.models.BigAutoField"
