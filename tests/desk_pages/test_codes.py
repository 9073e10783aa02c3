"""Codes at the desk: each has words, in every language, and what officers wrote keeps its own language."""

import ast
import re
from collections.abc import Iterator

import msgspec
import pytest
from django.utils import translation
from msgspec import inspect

from accord.channel.evidence import ClaimName
from accord.courier.models import Lane, Mode, ModeChange
from accord.exchange import own_side
from accord.law.decision import OUTCOME_NAMES
from accord.law.facts import Facts
from accord.law.rules import OUTCOMES_IN_FILES
from accord.node.api import timelines
from accord.node.desk.code_words import CODES, HAPPENED, choice_label, happened_words, is_coded
from accord.node.desk.read_words import label_read
from accord.node.desk.reading import parts_of
from accord.node.desk.record_words import VERBS
from accord.node.desk.review_cells import cell_of
from accord.node.desk.templatetags.desk import label
from accord.release.registry import kinds
from tests.desk_pages.test_half_translated import _names_in
from tests.meta.tree import modules, parsed

AS_THEY_ARE = frozenset({"privacy_head", "dpdp_head", "schema_version"})
"""Clauses of Acts, and versions: they are cited, not translated."""


def _codes_in(of: inspect.Type, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(of, inspect.Metadata):
        yield from _codes_in(of.type, name)
    elif isinstance(of, inspect.StructType):
        for field in of.fields:
            yield from _codes_in(field.type, field.encode_name)
    elif isinstance(of, inspect.UnionType):
        for one in of.types:
            yield from _codes_in(one, name)
    elif isinstance(of, inspect.ListType | inspect.VarTupleType | inspect.SetType | inspect.FrozenSetType):
        yield from _codes_in(of.item_type, name)
    elif isinstance(of, inspect.EnumType):
        yield from ((name, str(member.value)) for member in of.cls)
    elif isinstance(of, inspect.LiteralType):
        yield from ((name, str(value)) for value in of.values)


def _structs() -> Iterator[type[msgspec.Struct]]:
    yield from (kind.struct for kind in kinds() if kind.struct is not None)
    for found in vars(own_side).values():
        if isinstance(found, type) and issubclass(found, msgspec.Struct) and found is not msgspec.Struct:
            yield found
    yield Facts


def test_every_code_of_a_message_has_words() -> None:
    found = {pair for struct in _structs() for pair in _codes_in(inspect.type_info(struct), "")}
    assert len(found) > 80
    assert not [pair for pair in sorted(found) if pair[0] not in AS_THEY_ARE and not is_coded(*pair)]


def test_every_outcome_mode_lane_and_claim_has_words() -> None:
    assert set(CODES["decision"]) == set(OUTCOME_NAMES.values()) | set(OUTCOMES_IN_FILES)
    assert set(CODES["mode"]) == set(Mode.values)
    assert set(CODES["lane"]) == {lane.name.lower().replace("_", "-") for lane in Lane}
    assert set(CODES["claim"]) == set(ClaimName.__args__)


def test_everything_that_a_timeline_can_say_has_words() -> None:
    said = {*timelines._DONE.values(), *timelines._DONE_TO_CASE.values(), *timelines._DONE_TO_INQUIRY.values()}
    assert said <= set(HAPPENED)
    with translation.override("fr"):
        assert happened_words("request approved").startswith("demande")
        assert happened_words("RCMP asked").startswith("RCMP")
        assert "answer" not in happened_words("answer refused by the other side")


def test_a_code_that_is_in_no_table_is_shown_as_it_is_and_marked_as_english() -> None:
    with translation.override("en"):
        assert choice_label("theme", "a-theme-of-tomorrow") == "a theme of tomorrow"
    with translation.override("hi"):
        assert choice_label("theme", "a-<theme>") == '<span lang="en">a &lt;theme&gt;</span>'
        assert label("a-state", "message_states") == '<span lang="en">a-state</span>'
        assert happened_words("moved") == '<span lang="en">moved</span>'


@pytest.mark.parametrize("language", ["fr", "hi"])
def test_what_officers_wrote_is_marked_with_its_language_and_codes_are_not(language: str) -> None:
    with translation.override(language):
        parts = {part.name: part for part in parts_of({"language": "en", "facts": "A drum.", "theme": "precursors"})}
    assert parts["facts"].language == "en"
    assert parts["theme"].language == ""
    inner = parts_of({"language": "hi", "items": [{"item": 1, "question": "क्या?"}]})
    question = next(part for part in next(one for one in inner if one.name == "items").groups[0] if part.name != "item")
    assert question.language == "hi"


@pytest.mark.parametrize(
    ("language", "day", "grams"),
    [
        ("en", "Tue 3 Dec 2024", "25,000.0001"),
        ("fr", "mar. 3 déc. 2024", "25\u202f000,0001"),
        ("hi", "मंगल", "25,000.0001"),
    ],
)
def test_days_and_numbers_are_read_as_the_reader_writes_them(language: str, day: str, grams: str) -> None:
    substance = {"name": "X", "controlled_from": "2024-12-03", "quantity_grams": "25000.0001"}
    with translation.override(language):
        parts = {part.name: part for part in parts_of({"substances": [substance], "language": "fr"})}
        told = {part.name: part for part in parts["substances"].groups[0]}
    assert told["controlled_from"].text.startswith(day)
    assert told["quantity_grams"].text == grams
    assert not told["controlled_from"].is_written
    assert not parts["language"].is_written


def test_what_is_no_day_and_no_number_is_shown_as_it_was_written() -> None:
    parts = {part.name: part for part in parts_of({"controlled_from": "soon", "quantity_grams": "NaN"})}
    assert [(part.text, part.is_written) for part in parts.values()] == [("soon", True), ("NaN", True)]


def test_a_message_is_read_under_names_that_fit_either_side() -> None:
    """Whose law, whose marking: the same member is read in their message and in ours, and nobody fills it there."""
    structs = [inspect.type_info(kind.struct) for kind in kinds() if kind.struct is not None]
    with translation.override("en"):
        told = {name: str(label_read(name)) for struct in structs for name in _names_in(struct)}
    assert len(told) > 100
    # It speaks of the categories, not of a state.
    del told["strict_necessity"]
    assert not {name: words for name, words in told.items() if OF_ONE_SIDE.search(words)}


OF_ONE_SIDE = re.compile(r"\b(we|our|us|they|them|their)\b|, one( provision)? a line", re.IGNORECASE)


def test_everything_that_a_service_notes_has_words() -> None:
    noted: set[str] = set()
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"note", "note_with_reason"}:
                noted |= {
                    part.value
                    for argument in node.args[1:2]
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    remedies = {f"{word} {remedy}" for word in ("propose", "confirm") for remedy in ModeChange.Remedy.values if remedy}
    verbs = {verb for verb in noted if " " in verb.strip()} - {"propose ", "confirm "}
    assert len(verbs) > 60
    assert {*verbs, *remedies, *timelines._DONE, *timelines._DONE_TO_CASE, *timelines._DONE_TO_INQUIRY} <= set(VERBS)


def test_the_details_of_an_act_are_said_and_not_shown_as_codes() -> None:
    told = {
        "kind": "request",
        "state": "submitted",
        "roles": "liaison,duty",
        "effect": "lead",
        "refused": "posting",
        "filters": "q,theme",
        "ground": "translation",
        "expected_on": "2026-12-03",
        "opens_content": True,
        "rows": 25_000,
        "decision": 25_000,
        "a_detail_of_tomorrow": "x",
    }
    with translation.override("fr"):
        said = str(cell_of("acts", "detail", told).value)
    for words in (
        "nature: demande",
        "agent de liaison, agent de permanence",
        "une piste pour qui le reçoit",
        "affectation",
        "oui",
    ):
        assert words in said
    assert "3 déc. 2026" in said
    assert "lignes: 25\u202f000" in said
    assert "décision: 25000" in said
    assert '<span lang="en">a_detail_of_tomorrow</span>: x' in said


@pytest.mark.parametrize(
    ("name", "column", "value", "words"),
    [
        ("acts", "verb", "withdraw message", "message retiré"),
        ("acts", "verb", "an act of tomorrow", '<span lang="en">an act of tomorrow</span>'),
        ("acts", "object_type", "agencyinquiry", "question à un organisme"),
        ("decisions", "kind", "disposition", "suite donnée à un message"),
        ("decisions", "action", "release", "une réponse ou une information qui part"),
        ("decisions", "outcome", "permit", "passe"),
        ("stopped", "state", "parked", "mis de côté"),
        ("stopped", "reason_code", "x.tomorrow", "<code>x.tomorrow</code>"),
        ("clocks", "state", "paused", "suspendu"),
        ("clocks", "urgency", "threat-to-life", "menace pour la vie"),
    ],
)
def test_a_cell_of_the_record_is_said_in_words(name: str, column: str, value: str, words: str) -> None:
    with translation.override("fr"):
        assert str(cell_of(name, column, value).value) == words
