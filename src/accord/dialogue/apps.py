"""Django configuration of the dialogue app."""

from django.apps import AppConfig

__all__ = ["DialogueConfig"]


class DialogueConfig(AppConfig):
    """Dialogue: meetings, agreed statements clause by clause, and the read-outs of both sides."""

    name = "accord.dialogue"
    label = "dialogue"
    verbose_name = "Dialogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the kind of message and the type of signed text that this app owns."""
        from accord.dialogue.arriving import (  # noqa: PLC0415 - models are ready only now
            CLAUSE_PROPOSAL_KIND,
            FOLLOWER,
        )
        from accord.dialogue.signing import STATEMENT_TYPE  # noqa: PLC0415
        from accord.instruments.types import register_type  # noqa: PLC0415
        from accord.release.registry import follow, register  # noqa: PLC0415

        register(CLAUSE_PROPOSAL_KIND)
        follow("dialogue", FOLLOWER)
        register_type(STATEMENT_TYPE)
