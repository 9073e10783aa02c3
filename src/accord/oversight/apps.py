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
        from accord.oversight.publishing import (  # noqa: PLC0415 - models are ready only now
            FOLLOWER,
            TIMELINESS_REPORT_KIND,
        )
        from accord.release.registry import follow, register  # noqa: PLC0415

        register(TIMELINESS_REPORT_KIND)
        follow("oversight", FOLLOWER)
