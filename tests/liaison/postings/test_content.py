"""What a posting says, and what it has no place for."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.exchange.text import TextRefused
from accord.instruments.canonical import canonical_bytes
from accord.liaison.errors import LiaisonRefused
from accord.liaison.postings.content import (
    LanguageLevel,
    PostingContent,
    SoilActContent,
    may_offer_posting,
    may_offer_soil_act,
    read_posting,
)
from accord.vocabulary.subjects import Theme
from tests.desk import TODAY
from tests.liaison.postings.posted import content

PRIVATE = ("home", "address", "family", "spouse", "child", "clearance", "birth", "passport", "religion", "account")


@pytest.mark.parametrize("struct", [PostingContent, LanguageLevel, SoilActContent])
def test_no_member_is_for_a_home_a_family_or_a_clearance(struct: type[msgspec.Struct]) -> None:
    assert [name for name in struct.__struct_fields__ for word in PRIVATE if word in name] == []


@pytest.mark.parametrize("name", PRIVATE)
def test_a_member_that_is_not_known_is_refused(name: str) -> None:
    with_more = msgspec.json.encode({**msgspec.to_builtins(content()), name: "x"}, order="sorted")
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        read_posting(with_more)


@given(
    topics=st.lists(st.sampled_from(Theme), min_size=1, unique=True),
    holder=st.text("abcdé काख", min_size=1, max_size=160),
    length=st.integers(0, 4000),
)
def test_a_posting_and_its_bytes_are_one(topics: list[Theme], holder: str, length: int) -> None:
    value = msgspec.structs.replace(
        content(), topics=tuple(topics), holder=holder, to_day=TODAY + timedelta(days=length)
    )
    read = read_posting(canonical_bytes(value))
    assert canonical_bytes(read) == canonical_bytes(value)
    assert (read.topics, read.to_day) == (value.topics, value.to_day)


def test_another_spelling_of_the_same_value_is_no_posting() -> None:
    with pytest.raises(ValueError, match="canonical"):
        read_posting(canonical_bytes(content()) + b" ")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"to_day": "2020-01-01"}, "to_day"),
        ({"host": "CA"}, "host"),
        ({"topics": ["precursors", "precursors"]}, "topics"),
        ({"topics": []}, "topics"),
        ({"topics": ["gossip"]}, "topics"),
        ({"languages": [{"language": "en", "level": "C2"}, {"language": "en", "level": "A1"}]}, "languages"),
        ({"languages": [{"language": "en", "level": "fluent"}]}, "languages.0.level"),
        ({"telephones": ["555 0100"]}, "telephones"),
        ({"fingerprints": ["AB"]}, "fingerprints"),
        ({"status": "honorary"}, "status"),
        ({"from_day": "2026-02-30"}, "from_day"),
        ({"holder": ""}, "holder"),
        ({"territory": None}, "territory"),
    ],
)
def test_a_field_that_is_wrong_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(LiaisonRefused) as caught:
        content(**changed)
    assert caught.value.fields["field"] == field
    assert caught.value.reason_code == "liaison.field-refused"


def test_what_hides_or_reorders_is_refused() -> None:
    with pytest.raises(TextRefused):
        content(holder="Liaison \u202eofficer")


def test_only_the_sending_side_proposes_a_posting_and_only_between_the_two() -> None:
    value = content()
    assert may_offer_posting("CA", "CA", value)
    assert may_offer_posting("IN", "CA", value)
    assert not may_offer_posting("CA", "IN", value)
    assert not may_offer_posting("IN", "IN", value)
    assert not may_offer_posting("ZZ", "CA", value)


def test_the_host_offers_the_text_of_an_act_on_its_soil_only_with_conditions() -> None:
    asked = SoilActContent(
        schema_version=1,
        asking="CA",
        host="IN",
        act_kind="interview",
        description="A talk with a witness who agreed to it.",
        place="New Delhi",
        from_day=TODAY,
        to_day=TODAY,
        officer="Liaison officer (specimen)",
        ground="CDSA, section 7.1",
        accompanied_by="NCB",
        posting=uuid4(),
    )
    bound = msgspec.structs.replace(asked, conditions="In the presence of an officer of the NCB.")
    assert may_offer_soil_act("IN", "CA", asked)
    assert may_offer_soil_act("CA", "CA", asked)
    assert not may_offer_soil_act("CA", "IN", asked)
    assert may_offer_soil_act("CA", "IN", bound)
    assert not may_offer_soil_act("ZZ", "CA", asked)


@pytest.mark.parametrize(
    "changed",
    [
        {"agency": "RCMP\n"},
        {"telephones": ["+91 11 5550 0100\n"]},
        {"fingerprints": ["0" * 64 + "\n"]},
        {"languages": [{"language": "en\n", "level": "C2"}]},
    ],
)
def test_no_code_number_or_fingerprint_ends_with_a_newline(changed: dict[str, Any]) -> None:
    with pytest.raises(LiaisonRefused):
        content(**changed)
    with pytest.raises(msgspec.ValidationError, match="regex"):
        msgspec.convert(msgspec.to_builtins(content()) | changed, PostingContent, strict=False)
