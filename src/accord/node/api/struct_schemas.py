r"""JSON Schemas of the wire structs, as any JSON Schema tool reads them.

Python writes the ends of a text as ``\A`` and ``\Z``; JSON Schema takes the regular expressions of ECMA-262, which
know ``^`` and ``$`` only, with the same meaning outside multi-line mode.

Source: JSON Schema 2020-12 Core, section 6.4; ECMA-262.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from accord.exchange.drafts import SERVICE_FIELDS
from accord.node.api.shapes import portable

__all__ = ["draft_name", "draft_schema", "struct_components", "struct_schema"]

JsonSchema = dict[str, Any]  # Any: a JSON Schema is JSON of many shapes


def struct_schema(struct: type[msgspec.Struct]) -> JsonSchema:
    """Returns the JSON Schema of a struct, complete in itself."""
    schema: JsonSchema = _portable(msgspec.json.schema(struct))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def struct_components(structs: Iterable[type[msgspec.Struct]]) -> dict[str, JsonSchema]:
    """Returns the schemas of structs and of all they hold, by name, for an OpenAPI description."""
    _, components = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    found: dict[str, JsonSchema] = _portable(components)
    return found


def draft_name(struct: type[msgspec.Struct]) -> str:
    """Returns the name of the schema of a struct's draft."""
    return f"{struct.__name__}Draft"


def draft_schema(schema: JsonSchema) -> JsonSchema:
    """Returns the schema of a draft: nothing is needed yet, null is not given, and what the node fills is left out."""
    properties = {name: _or_null(value) for name, value in schema["properties"].items() if name not in SERVICE_FIELDS}
    return {
        "title": f"{schema['title']}Draft",
        "description": f"The fields given so far of a message: {schema.get('description', '')}".strip(),
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _or_null(schema: JsonSchema) -> JsonSchema:
    if {"type": "null"} in schema.get("anyOf", ()):
        return schema
    return {"anyOf": [schema, {"type": "null"}]}


def _portable(node: Any) -> Any:  # Any: walks JSON of every shape
    if isinstance(node, dict):
        return {
            key: portable(value) if key == "pattern" and isinstance(value, str) else _portable(value)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_portable(item) for item in node]
    return node
