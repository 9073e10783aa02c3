"""What a client learns before it writes: every code with its label, and the parties with their agencies."""

import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from accord.exchange.kinds import STRUCTS
from accord.exchange.kinds.particulars import Caveat
from accord.exchange.models import Case, Clock, Message
from accord.node.api.application import api
from accord.node.api.labels import KINDS, MESSAGE_STATE_MEANINGS, MESSAGE_STATES
from accord.officers.permissions import Role
from accord.parties.profile import load_profile
from accord.release.models import Approval
from accord.vocabulary.handling import Handling
from accord.vocabulary.refusal import RefusalGround
from tests.api.conftest import Caller
from tests.simulators.paired_node import PairedNode

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "officer-guide.md").read_text("utf-8")


@pytest.fixture
def vocabulary(node: PairedNode, callers: dict[Role, Caller]) -> dict[str, Any]:
    answer: dict[str, Any] = callers[Role.ADMINISTRATOR].get("/vocabulary").json()
    return answer


@pytest.mark.parametrize(
    ("name", "enum"),
    [
        ("message_state", Message.State),
        ("case_state", Case.State),
        ("waiting_on", Case.Waiting),
        ("clock_state", Clock.State),
        ("approval_state", Approval.State),
        ("role", Role),
        ("handling", Handling),
        ("refusal_ground", RefusalGround),
    ],
)
def test_a_list_of_the_vocabulary_is_the_enum(vocabulary: dict[str, Any], name: str, enum: type[Enum]) -> None:
    assert [row["code"] for row in vocabulary["codes"][name]] == [item.value for item in enum]
    assert all(row["label"] for row in vocabulary["codes"][name])


def test_states_kinds_and_roles_are_named_in_three_languages(vocabulary: dict[str, Any]) -> None:
    assert [row["code"] for row in vocabulary["codes"]["kind"]] == list(STRUCTS)
    for name in ("kind", "message_state", "case_state", "waiting_on", "clock_state", "approval_state", "role"):
        for row in vocabulary["codes"][name]:
            assert row["label_fr"], row
            assert re.search("[\u0900-\u097f]", row["label_hi"]), row
    assert all(row["meaning"] for row in vocabulary["codes"]["message_state"])


def test_the_agencies_of_both_parties_are_those_of_their_profiles(vocabulary: dict[str, Any]) -> None:
    ours, theirs = vocabulary["parties"]

    assert (ours["code"], ours["is_self"], theirs["code"], theirs["is_self"]) == ("CA", True, "IN", False)
    for shown, name in ((ours, "canada"), (theirs, "india")):
        profile = load_profile(name)
        assert [agency["code"] for agency in shown["agencies"]] == [agency.code for agency in profile.agencies]
        assert shown["agencies"][0]["names"] == {
            language: getattr(profile.agencies[0].names, language) for language in ("en", "fr", "hi")
        }
        assert {item["marking"]: item["least_equivalent"] for item in shown["markings"]} == {
            own: least.value for own, least in profile.markings.items()
        }


def test_what_a_caveat_states_is_what_its_schema_asks(vocabulary: dict[str, Any]) -> None:
    assert tuple(row["code"] for row in vocabulary["caveat"]) == Caveat.__struct_fields__


def _enum_at(schema: str, member: str) -> list[str]:
    shown: dict[str, Any] = api.get_openapi_schema()["components"]["schemas"][schema]["properties"][member]
    choices = shown.get("anyOf", [shown])
    return list(next(choice["enum"] for choice in choices if "enum" in choice))


@pytest.mark.parametrize(
    ("schema", "member", "codes"),
    [
        ("MessageRow", "state", Message.State),
        ("MessageOut", "kind", STRUCTS),
        ("MessageRow", "handling", Handling),
        ("CaseRow", "state", Case.State),
        ("CaseRow", "waiting_on", Case.Waiting),
        ("ClockOut", "state", Clock.State),
        ("ApprovalRow", "state", Approval.State),
        ("CheckOut", "outcome", ["permit", "permit-with", "hold", "route", "refuse"]),
        ("DecisionRow", "outcome", ["permit", "permit-with", "hold", "route", "refuse"]),
    ],
)
def test_a_state_in_the_description_is_one_of_the_enum(schema: str, member: str, codes: Any) -> None:
    assert _enum_at(schema, member) == [str(code) for code in codes]


def _rows(heading: str) -> list[tuple[str, ...]]:
    section = GUIDE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [tuple(cell.strip("`") for cell in row) for row in rows]


def test_the_guide_names_the_states_as_the_api_does() -> None:
    assert _rows("What became of it") == [
        (code, names.en, MESSAGE_STATE_MEANINGS[code]) for code, names in MESSAGE_STATES.items()
    ]


def test_the_guide_names_the_kinds_as_the_api_does() -> None:
    assert [row[:2] for row in _rows("The kinds of message")] == [(code, names.en) for code, names in KINDS.items()]
