"""Operations of the workstreams that the node's configuration names: one module a subject, with its ``router``."""

from importlib import import_module
from typing import Any

from django.conf import settings
from ninja import NinjaAPI

__all__ = ["add_workstreams"]


def add_workstreams(api: NinjaAPI) -> None:
    """Adds the operations of each configured workstream under its name as tag, with what the tag is for."""
    for name in settings.ACCORD_WORKSTREAMS:
        module = import_module(f"{__name__}.{name}")
        api.add_router("", module.router, tags=[name])
        tags: Any = api.openapi_extra.setdefault("tags", [])  # Any: ninja keeps it as it was given
        tags.append({"name": name, "description": module.DESCRIPTION})
