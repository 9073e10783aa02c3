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
        from accord.exchange.circumstances import tell_circumstances  # noqa: PLC0415 - models are ready only now
        from accord.exchange.kind_rooms import register_room  # noqa: PLC0415
        from accord.exchange.on_file import tell_on_file  # noqa: PLC0415
        from accord.exchange.owing import register_owing  # noqa: PLC0415
        from accord.exchange.watching import register_watcher  # noqa: PLC0415
        from accord.handling import (  # noqa: PLC0415
            assessment_named,
            circumstances,
            lanes,
            objections,
            outcomes,
            permission_rooms,
            retention,
        )
        from accord.handling.corrections import CORRECTION_ROOM  # noqa: PLC0415
        from accord.handling.finding import WATCHER  # noqa: PLC0415
        from accord.handling.reports import REPORT_ROOM  # noqa: PLC0415
        from accord.handling.tasks import owing_cases  # noqa: PLC0415
        from accord.handling.telling import told_on_file  # noqa: PLC0415
        from accord.release.registry import register  # noqa: PLC0415

        for room in (outcomes.ROOM, objections.OBJECTION_ROOM, objections.ANSWER_ROOM):
            register_room(room)
        permission_rooms.register_rooms()
        register(lanes.LANE_NOTICE_KIND)
        register(retention.ERASURE_NOTICE_KIND)
        tell_circumstances(circumstances.circumstances_of)
        register_watcher("handling", WATCHER)
        register_room(CORRECTION_ROOM)
        register_room(REPORT_ROOM)
        register_watcher("assessments", assessment_named.WATCHER)
        tell_on_file("handling", told_on_file)
        register_owing("corrections", owing_cases)
