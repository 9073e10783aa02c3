"""Django configuration of the exchange app."""

from django.apps import AppConfig

__all__ = ["ExchangeConfig"]


class ExchangeConfig(AppConfig):
    """Exchange: cases, messages, attachments, clocks and the queue."""

    name = "accord.exchange"
    label = "exchange"
    verbose_name = "Exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the kinds of message this app sends and files."""
        from accord.exchange.filing import register_kinds  # noqa: PLC0415 - models are ready only now

        register_kinds()
