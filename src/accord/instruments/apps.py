"""Django configuration of the instruments app."""

from django.apps import AppConfig

__all__ = ["InstrumentsConfig"]


class InstrumentsConfig(AppConfig):
    """Instruments: texts that both sides sign, offered, signed, declined, withdrawn and ended."""

    name = "accord.instruments"
    label = "instruments"
    verbose_name = "Instruments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the kinds by which a text is offered and answered."""
        from accord.instruments.filing import TEXT_ANSWER_KIND, TEXT_OFFER_KIND  # noqa: PLC0415 - models are ready now
        from accord.instruments.following import FOLLOWER  # noqa: PLC0415
        from accord.release.registry import follow, register  # noqa: PLC0415

        register(TEXT_OFFER_KIND)
        register(TEXT_ANSWER_KIND)
        follow("instruments", FOLLOWER)
