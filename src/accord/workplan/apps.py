"""Django configuration of the workplan app."""

from django.apps import AppConfig

__all__ = ["WorkplanConfig"]


class WorkplanConfig(AppConfig):
    """Workplan: the plan that both sides sign, its actions, and the indicators measured from both logs."""

    name = "accord.workplan"
    label = "workplan"
    verbose_name = "Workplan"
    default_auto_field = "django.db.models.BigAutoField"
