"""The year's figures are those of the clocks, answers and notices; what left is on the record."""

from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone

from accord.exchange.keys import new_key
from accord.exchange.models import Case, Clock, Message
from accord.handling.uses import use_item
from accord.officers.permissions import NotPermitted
from accord.oversight.statistics import (
    YearUnknown,
    disclosure_of,
    disclosures,
    peers_of,
    use_disclosed,
    uses_outward,
    year_statistics,
)
from accord.release.models import ReleasedMessage
from tests.desk import Desk, released_request
from tests.handling.story import COURT, answered, asked, item_from_india
from tests.handling.test_uses import LEAD, refused

YEAR = timezone.now().year


def requests(
    desk: Desk,
    count: int,
    *,
    direction: str = "in",
    theme: str = "precursors",
    late: bool = False,
    urgency: str = "normal",
) -> None:
    case = Case.objects.create(
        own_ref=str(new_key()),
        peer_id="IN",
        is_ours=False,
        theme=theme,
        title="A drum",
        opened_at=timezone.now(),
        changed_at=timezone.now(),
    )
    now = timezone.now()
    for _ in range(count):
        message = Message.objects.create(
            case=case, direction=direction, kind="request", state="received", content=b"{}"
        )
        Clock.objects.create(
            message=message,
            table="t",
            urgency=urgency,
            limit_seconds=60,
            started_at=now,
            due_at=now + timedelta(hours=1),
            state="ended",
            ended_at=now + timedelta(hours=2 if late else 0),
        )


def tables(desk: Desk) -> dict[str, dict[str, tuple[int | None, ...]]]:
    found = year_statistics(desk.reviewer, year=YEAR, peer="IN")
    return {one.name: dict(zip((*one.rows, "total"), one.cells, strict=True)) for one in found}


def test_requests_are_counted_by_theme_and_by_how_they_were_answered(desk: Desk) -> None:
    requests(desk, 12)
    requests(desk, 7, late=True)
    requests(desk, 9, direction="out", theme="networks")
    found = tables(desk)
    assert found["received"]["precursors"] == (12, 7, 0, 0, 19)
    assert found["received"]["total"] == (12, 7, 0, 0, 19)
    assert found["sent"]["networks"] == (9, 0, 0, 0, 9)


def test_a_small_count_and_what_would_give_it_away_are_kept_back(desk: Desk) -> None:
    requests(desk, 12)
    requests(desk, 2, late=True)
    requests(desk, 20, theme="networks")
    row = tables(desk)["received"]["precursors"]
    assert row[1] is None
    assert row.count(None) >= 2
    assert 2 not in row


def test_the_same_requests_are_counted_by_urgency_and_neither_table_gives_the_other_away(desk: Desk) -> None:
    requests(desk, 12, urgency="urgent")
    requests(desk, 7, late=True)
    found = tables(desk)
    assert found["received-urgency"]["urgent"] == (12, 0, 0, 0, 12)
    assert found["received-urgency"]["normal"] == (0, 7, 0, 0, 7)
    assert found["received-urgency"]["total"] == found["received"]["total"] == (12, 7, 0, 0, 19)
    requests(desk, 2, urgency="threat-to-life", theme="networks")
    requests(desk, 6, theme="networks")
    found = tables(desk)
    assert found["received-urgency"]["threat-to-life"][0] is None
    assert found["received-urgency"]["total"] == found["received"]["total"]
    in_time = [row[0] for code, row in found["received-urgency"].items() if code != "total"]
    assert in_time.count(None) >= 2 or found["received"]["total"][0] is None


def test_refusals_are_counted_once_a_ground_and_delays_by_reason(desk: Desk) -> None:
    requests(desk, 1)
    case = Case.objects.get()
    now = timezone.now()
    grounds = {"refusals": [{"ground": "a"}, {"ground": "a"}, {"ground": "b"}]}
    for _ in range(6):
        Message.objects.create(
            case=case,
            direction="out",
            kind="answer",
            state="delivered",
            released_at=now,
            content=msgspec.json.encode(grounds),
        )
        Message.objects.create(
            case=case,
            direction="in",
            kind="delay-notice",
            state="received",
            received_at=now,
            content=msgspec.json.encode({"reason": "translation"}),
        )
    Message.objects.create(case=case, direction="out", kind="answer", state="delivered", released_at=now, content=b"")
    found = tables(desk)
    assert found["refusals"]["a"] == (6, 0, 6)
    assert found["refusals"]["total"] == (12, 0, 12)
    assert found["delays"]["translation"] == (0, 6, 6)


def test_the_record_says_what_left_to_whom_and_on_whose_word(desk: Desk) -> None:
    sent = released_request(desk)
    [row] = disclosures(desk.reviewer, year=YEAR, peer="IN")
    line = disclosure_of(row)
    assert (line.recipient, line.kind, line.by) == ("IN", "request", "The releasing")
    assert (line.authorised_by, line.outcome) == ("The releasing", row.decision.outcome)
    assert line.number == sent.released.decision_id  # type: ignore[union-attr] # it was released


def test_the_record_holds_each_permitted_use_that_went_outside_and_nothing_that_the_node_acknowledged(
    desk: Desk,
) -> None:
    item = item_from_india(desk)
    refused(desk, item, COURT)
    use_item(desk.duty, item, LEAD)
    permission = answered(desk, asked(desk, item))
    assert permission is not None
    made = use_item(desk.duty, item, COURT)
    [row] = uses_outward(desk.reviewer, year=YEAR, peer="IN")
    line = use_disclosed(row)
    assert (line.number, line.at, line.use) == (made.decision_id, made.at, "court")
    assert (line.whose, line.recipient, line.description) == ("IN", "Superior Court", item.reference)
    assert (line.permission, line.by) == (permission.reference, desk.duty.display_name)
    assert ReleasedMessage.objects.filter(kind="disposition").exists()
    assert {one.kind for one in disclosures(desk.reviewer, year=YEAR, peer="IN")} == {"permission-request"}
    desk.reviewer.scope_agencies = ["CBSA"]
    desk.reviewer.save()
    assert not uses_outward(desk.reviewer, year=YEAR, peer="IN")


def test_another_year_or_party_has_no_figures_and_nobody_else_reads_them(desk: Desk) -> None:
    for year, peer in ((2025, "IN"), (YEAR + 1, "IN"), (YEAR, "XX"), (YEAR, "CA")):
        with pytest.raises(YearUnknown):
            year_statistics(desk.reviewer, year=year, peer=peer)
    for act in (
        lambda: year_statistics(desk.liaison, year=YEAR, peer="IN"),
        lambda: disclosures(desk.administrator, year=YEAR, peer="IN"),
        lambda: uses_outward(desk.administrator, year=YEAR, peer="IN"),
        lambda: peers_of(desk.administrator),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_mandate_bounds_the_record_of_disclosures_and_the_findings(desk: Desk) -> None:
    from accord.oversight.annotations import annotate, annotations_of
    from accord.oversight.services import DecisionUnknown

    number = released_request(desk).released.decision_id  # type: ignore[union-attr] # it was released
    annotate(desk.reviewer, number, finding="in-order", text="Read.")
    desk.reviewer.scope_agencies = ["CBSA"]
    desk.reviewer.save()
    assert not disclosures(desk.reviewer, year=YEAR, peer="IN")
    for act in (
        lambda: annotations_of(desk.reviewer, number),
        lambda: annotate(desk.reviewer, number, finding="in-order", text="Not mine."),
    ):
        with pytest.raises(DecisionUnknown):
            act()
