"""Django configuration of the instruments app."""

from django.apps import AppConfig

__all__ = ["InstrumentsConfig"]


class InstrumentsConfig(AppConfig):
    """Instruments: texts that both sides sign, offered, signed, declined, withdrawn and ended."""

    name = "accord.instruments"
    label = "instruments"
    verbose_name = "Instruments"
    default_auto_field = "django.db.models.BigAutoField"
