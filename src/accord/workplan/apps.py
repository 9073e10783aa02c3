"""Django configuration of the workplan app."""

from django.apps import AppConfig

__all__ = ["WorkplanConfig"]


class WorkplanConfig(AppConfig):
    """Workplan: the plan that both sides sign, its actions, and the indicators measured from both logs."""

    name = "accord.workplan"
    label = "workplan"
    verbose_name = "Workplan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the workplan as a type of text, what its indicators are counted from, and how figures travel."""
        from accord.exchange.clocks import find_tables_with  # noqa: PLC0415 - models are ready only now
        from accord.instruments.types import register_type  # noqa: PLC0415
        from accord.release.registry import follow, register  # noqa: PLC0415
        from accord.workplan.in_force import signed_table  # noqa: PLC0415
        from accord.workplan.indicators.contact_source import CONTACT_SOURCE  # noqa: PLC0415
        from accord.workplan.indicators.exchange_sources import EXCHANGE_SOURCES, reply_sources  # noqa: PLC0415
        from accord.workplan.indicators.reporting import FOLLOWER, INDICATOR_REPORT_KIND  # noqa: PLC0415
        from accord.workplan.indicators.sources import register_source  # noqa: PLC0415
        from accord.workplan.registering import WORKPLAN_TYPE  # noqa: PLC0415

        register_type(WORKPLAN_TYPE)
        find_tables_with(signed_table)
        for source in (*EXCHANGE_SOURCES, CONTACT_SOURCE, *reply_sources()):
            register_source(source)
        register(INDICATOR_REPORT_KIND)
        follow("workplan indicators", FOLLOWER)
