"""The schemas that other programs rely on, written to a folder: ``python -m accord.cli.schemas FOLDER``.

One file a kind of message and schema version, and the facts and decisions of the law gate.
They are derived from the types that check the real bytes; a test compares the folder in ``docs/`` with them.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

__all__ = ["published_schemas", "write_schemas"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def published_schemas() -> Mapping[str, dict[str, Any]]:  # Any: a JSON Schema is a tree of JSON values
    """Returns each schema by its path below the folder; Django must be set up."""
    from accord.law.schemas import decision_schema, facts_schema
    from accord.release.registry import kinds

    found: dict[str, dict[str, Any]] = {
        "decision.schema.json": decision_schema(),
        "facts.schema.json": facts_schema(),
    }
    for kind in kinds():
        if kind.struct is not None:
            name = f"{kind.name}:{kind.schema}"
            path = f"messages/{kind.name}-{kind.schema}.schema.json"
            found[path] = _schema_of(kind.struct, f"message:{name}", f"Payload of {kind.name}, schema {kind.schema}")
    return found


def _schema_of(struct: type[msgspec.Struct], name: str, title: str) -> dict[str, Any]:
    schema: dict[str, Any] = msgspec.json.schema(struct)
    return {"$schema": DIALECT, "$id": f"urn:accord:schema:{name}", "title": title, **schema}


def write_schemas(folder: Path) -> list[Path]:
    """Writes every schema below ``folder`` and returns the files."""
    written = []
    for name, schema in published_schemas().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "accord.node.settings"
    import django

    django.setup()
    for file in write_schemas(Path(sys.argv[1])):
        print(file)
