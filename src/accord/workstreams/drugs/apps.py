"""Django configuration of the drugs workstream."""

from types import ModuleType

from django.apps import AppConfig

from accord.exchange.kinds import add_kinds
from accord.workstreams.drugs.kinds import STRUCTS
from accord.workstreams.rounds import add_rounds

__all__ = ["DrugsConfig"]


class DrugsConfig(AppConfig):
    """Drugs: controlled substances, pre-export notices and what became of them, incidents, screening of manifests."""

    name = "accord.workstreams.drugs"
    label = "drugs"
    verbose_name = "Drugs"
    default_auto_field = "django.db.models.BigAutoField"

    def __init__(self, app_name: str, app_module: ModuleType) -> None:
        """Adds the kinds of this workstream before any model is loaded, as whoever lists kinds expects."""
        super().__init__(app_name, app_module)
        add_kinds(STRUCTS)

    def ready(self) -> None:
        """Registers what the kinds of this workstream do, what the gate is told, and what is counted."""
        # The models are ready only now.
        from accord.exchange.completing import complete_facts  # noqa: PLC0415
        from accord.exchange.waits import register_waits  # noqa: PLC0415
        from accord.exchange.watching import register_watcher  # noqa: PLC0415
        from accord.workplan.indicators.definitions import definitions_in, register_definition  # noqa: PLC0415
        from accord.workplan.indicators.sources import register_source  # noqa: PLC0415
        from accord.workstreams.drugs.gate_facts import with_control  # noqa: PLC0415
        from accord.workstreams.drugs.indicators.sources import DRUG_SOURCES  # noqa: PLC0415
        from accord.workstreams.drugs.manifests.running import ScreeningRounds  # noqa: PLC0415
        from accord.workstreams.drugs.notices import gate, lists, rooms, watching  # noqa: PLC0415
        from accord.workstreams.drugs.retention.erasing import ErasingRounds  # noqa: PLC0415

        for definition in definitions_in("accord.workstreams.drugs.indicators"):
            register_definition(definition)
        for source in DRUG_SOURCES:
            register_source(source)
        rooms.register_rooms()
        gate.register_facts()
        register_watcher("drugs", watching.WATCHER)
        register_waits("drugs", lists.awaited)
        complete_facts(with_control)
        add_rounds(ScreeningRounds)
        add_rounds(ErasingRounds)
