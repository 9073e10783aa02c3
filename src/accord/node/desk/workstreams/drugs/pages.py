"""The addresses of the drugs pages, under ``drugs/``."""

from typing import Final

from accord.node.desk.workstreams.drugs.views import overview

__all__ = ["NAME", "PAGES"]

NAME: Final = "drugs"

PAGES: Final = (("", overview.show_drugs, ""),)
