"""Django configuration of the dialogue app."""

from django.apps import AppConfig

__all__ = ["DialogueConfig"]


class DialogueConfig(AppConfig):
    """Dialogue: meetings, agreed statements clause by clause, and the read-outs of both sides."""

    name = "accord.dialogue"
    label = "dialogue"
    verbose_name = "Dialogue"
    default_auto_field = "django.db.models.BigAutoField"
