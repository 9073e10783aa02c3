"""Django configuration of the oversight app."""

from django.apps import AppConfig

__all__ = ["OversightConfig"]


class OversightConfig(AppConfig):
    """Oversight: what a reviewer reads of this node; its tables hold the reviewers' own work alone."""

    name = "accord.oversight"
    label = "oversight"
    verbose_name = "Oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the one kind of message that this app owns."""
        from accord.oversight.publishing import TIMELINESS_REPORT_KIND  # noqa: PLC0415 - models are ready only now
        from accord.release.registry import register  # noqa: PLC0415

        register(TIMELINESS_REPORT_KIND)
