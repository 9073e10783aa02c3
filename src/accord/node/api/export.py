"""Writes the API's description to a file: ``python -m accord.node.api.export docs/schemas/openapi.json``."""

import json
import os
import sys
from pathlib import Path

import django

__all__ = ["export"]


def export(file: Path) -> None:
    """Writes the description; a test holds the committed file against the one served."""
    from accord.node.api.application import api  # noqa: PLC0415 - Django is ready only now

    text = json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False, sort_keys=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.node.settings")
    django.setup()
    export(Path(sys.argv[1]))
