"""Codes at the desk: each has words, in every language, and what officers wrote keeps its own language."""

from collections.abc import Iterator

import msgspec
import pytest
from django.utils import translation
from msgspec import inspect

from accord.channel.evidence import ClaimName
from accord.courier.models import Lane, Mode
from accord.exchange import own_side
from accord.law.decision import OUTCOME_NAMES
from accord.law.rules import OUTCOMES_IN_FILES
from accord.node.api import timelines
from accord.node.desk.code_words import CODES, HAPPENED, choice_label, happened_words, is_coded
from accord.node.desk.reading import parts_of
from accord.release.registry import kinds

AS_THEY_ARE = frozenset({"privacy_head", "dpdp_head", "schema_version"})
"""Clauses of Acts, and versions: they are cited, not translated."""


def _codes_in(of: inspect.Type, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(of, inspect.StructType):
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


def test_a_code_that_is_in_no_table_is_shown_as_it_is() -> None:
    assert choice_label("theme", "a-theme-of-tomorrow") == "a theme of tomorrow"


@pytest.mark.parametrize("language", ["fr", "hi"])
def test_what_officers_wrote_is_marked_with_its_language_and_codes_are_not(language: str) -> None:
    with translation.override(language):
        parts = {part.name: part for part in parts_of({"language": "en", "facts": "A drum.", "theme": "precursors"})}
    assert parts["facts"].language == "en"
    assert parts["theme"].language == ""
    inner = parts_of({"language": "hi", "items": [{"item": 1, "question": "क्या?"}]})
    question = next(part for part in next(one for one in inner if one.name == "items").groups[0] if part.name != "item")
    assert question.language == "hi"
