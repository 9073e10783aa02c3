"""Plans that differ from one another at random, as two sides would change one plan."""

from datetime import date

from hypothesis import strategies as st
from msgspec.structs import replace

from accord.vocabulary.subjects import Theme
from accord.workplan.codes import Recurrence, Status, Verb
from accord.workplan.content import Action, Commitment, Plan, Progress, Wording
from tests.workplan.plans import BOTH, small_plan

__all__ = ["plans"]

WORDS = st.sampled_from(["", "list", "list of points", "points of contact", "शब्द", "l'échange", "a b  c"])
WORDINGS = st.builds(Wording, en=st.sampled_from(["list", "points", "list of points"]), fr=WORDS, hi=WORDS)
DAYS = st.none() | st.dates(min_value=date(2026, 3, 1), max_value=date(2026, 3, 4))


def _actions(code: int):
    return st.builds(
        Action,
        id=st.just(f"A{code}"),
        title=WORDINGS,
        text=st.none() | WORDINGS,
        under=st.sampled_from(["C1", "C2"]),
        verb=st.none() | st.sampled_from(list(Verb)),
        owners=st.sampled_from([(), BOTH, BOTH[:1]]),
        due_on=DAYS,
        recurrence=st.sampled_from(list(Recurrence)),
        depends_on=st.sampled_from([(), ("A1",), ("A1", "A2")]),
    )


def _commitments(code: int):
    return st.builds(Commitment, id=st.just(f"C{code}"), title=WORDINGS, under=st.just("P1"), verb=st.just(Verb.WILL))


def _rows(one, most: int):
    """Some of the codes, each once, in any order."""
    codes = st.lists(st.integers(1, most), unique=True, max_size=most)
    return codes.flatmap(lambda found: st.tuples(*[one(code) for code in found]))


_PROGRESS = st.lists(
    st.builds(
        Progress,
        item=st.sampled_from(["A1", "A2"]),
        status=st.sampled_from(list(Status)),
        on=st.just(date(2026, 3, 1)),
        by=st.sampled_from(["CA", "IN"]),
        reason=WORDINGS,
    ),
    max_size=3,
    unique_by=lambda row: (row.item, row.by),
).map(tuple)


@st.composite
def plans(draw) -> Plan:
    return replace(
        small_plan(),
        title=draw(WORDINGS),
        about=draw(st.none() | WORDINGS),
        in_force_on=draw(st.dates(min_value=date(2026, 3, 1), max_value=date(2026, 3, 2))),
        actions=draw(_rows(_actions, 5)),
        commitments=draw(_rows(_commitments, 2)),
        lanes=draw(st.sampled_from([(), (Theme.FRAUD,), (Theme.FRAUD, Theme.CYBER)])),
        progress=draw(_PROGRESS),
    )
