"""Django configuration of the liaison app."""

from django.apps import AppConfig

__all__ = ["LiaisonConfig"]


class LiaisonConfig(AppConfig):
    """Liaison officers: postings, what they may send, the directory of authorities, the duty roster, handovers."""

    name = "accord.liaison"
    label = "liaison"
    verbose_name = "Liaison"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the types of text and the kinds of message of this room, and what a posting allows to leave."""
        from accord.exchange.watching import register_watcher  # noqa: PLC0415 - models are ready only now
        from accord.instruments.types import register_type  # noqa: PLC0415
        from accord.liaison.directory.filing import FOLLOWER, KINDS  # noqa: PLC0415
        from accord.liaison.postings.delegation import WATCHER  # noqa: PLC0415
        from accord.liaison.postings.types import POSTING_TYPE, SOIL_ACT_TYPE  # noqa: PLC0415
        from accord.release.registry import follow, register  # noqa: PLC0415

        for kind in KINDS:
            register(kind)
        follow("liaison", FOLLOWER)
        register_type(POSTING_TYPE)
        register_type(SOIL_ACT_TYPE)
        register_watcher("postings", WATCHER)
