"""Django configuration of the handling app."""

from django.apps import AppConfig

__all__ = ["HandlingConfig"]


class HandlingConfig(AppConfig):
    """Handling: what was received stays governed by who gave it."""

    name = "accord.handling"
    label = "handling"
    verbose_name = "Handling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the rooms of the kinds that this app owns, and what finds copies of what was received."""
        from accord.exchange.kind_rooms import register_room  # noqa: PLC0415 - models are ready only now
        from accord.exchange.watching import register_watcher  # noqa: PLC0415
        from accord.handling import outcomes, permission_rooms  # noqa: PLC0415
        from accord.handling.finding import WATCHER  # noqa: PLC0415

        register_room(outcomes.ROOM)
        permission_rooms.register_rooms()
        register_watcher("handling", WATCHER)
