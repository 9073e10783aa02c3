"""The API's description is complete, current, and shown without a foreign host."""

import importlib
import json
import pkgutil
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel

from accord.node.api.application import api
from accord.node.api.operations import OFFERED, Everyone
from accord.officers.permissions import Permission

KEPT = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "openapi.json"
JSON_MEDIA = ("application/json", "application/problem+json")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema()))


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, item) for path, methods in document["paths"].items() for method, item in methods.items()]


def test_the_description_in_the_documentation_is_the_one_served(document: dict[str, Any]) -> None:
    assert json.loads(KEPT.read_text("utf-8")) == document, (
        "run: python -m accord.node.api.export docs/schemas/openapi.json"
    )


def test_every_operation_is_in_the_guide_with_its_permission(document: dict[str, Any]) -> None:
    guide = (KEPT.parents[1] / "api.md").read_text("utf-8")
    for path, method, item in _operations(document):
        operation = f"`{method.upper()} {path.removeprefix('/api/v1')}`"
        assert f"| {operation} | {item['summary']} | {item['x-accord-permission']} |" in guide, operation


def test_every_operation_says_who_may_call_it(document: dict[str, Any]) -> None:
    words = {item.value for item in Permission} | {Everyone.SIGNED_IN.value}
    for path, method, item in _operations(document):
        assert item["x-accord-permission"] in words, (method, path)
        assert item["security"] == [{"BearerToken": []}, {"ClientCertificate": []}], (method, path)


def test_every_operation_of_the_router_was_offered_through_the_edge(document: dict[str, Any]) -> None:
    assert {item["operationId"] for _path, _method, item in _operations(document)} == set(OFFERED)


def test_every_operation_documents_its_refusals_as_problem_objects(document: dict[str, Any]) -> None:
    for path, method, item in _operations(document):
        assert {"401", "403", "429", "500", "503"} <= set(item["responses"]), (method, path)
        for status, answer in item["responses"].items():
            if int(status) >= 400:
                name = answer["$ref"].rsplit("/", 1)[-1]
                assert "application/problem+json" in document["components"]["responses"][name]["content"]


def test_every_post_asks_for_an_idempotency_key(document: dict[str, Any]) -> None:
    for path, method, item in _operations(document):
        asked = [parameter for parameter in item["parameters"] if parameter["name"] == "Idempotency-Key"]
        assert len(asked) == (method == "post"), (method, path)


def test_every_operation_has_a_summary_and_a_sentence(document: dict[str, Any]) -> None:
    for path, method, item in _operations(document):
        assert item["summary"], (method, path)
        assert len(item["description"]) > 40, (method, path)


def test_no_two_models_share_a_name(document: dict[str, Any]) -> None:
    package = importlib.import_module("accord.node.api")
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    models = {
        kept
        for module in modules
        for kept in vars(module).values()
        if isinstance(kept, type) and issubclass(kept, BaseModel) and kept.__module__ == module.__name__
    }
    names = Counter(model.__name__ for model in models)
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', text)):
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_no_pattern_speaks_python(document: dict[str, Any]) -> None:
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(document))
    assert patterns
    assert not [pattern for pattern in patterns if r"\\A" in pattern or r"\\Z" in pattern]


def test_the_page_loads_no_foreign_host_and_no_inline_script(db: None) -> None:
    page = Client().get("/api/v1/docs")
    html = page.content.decode()

    assert page.status_code == 200
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    scripts = re.findall(r"<script([^>]*)>", html)
    assert scripts
    assert all('src="/static/' in tag or 'type="application/json"' in tag for tag in scripts)
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy


def test_what_the_page_loads_is_served_by_the_node(db: None) -> None:
    html = Client().get("/api/v1/docs").content.decode()

    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        answer = Client().get(address)
        assert answer.status_code == 200, address
        b"".join(answer.streaming_content)
        answer.close()
