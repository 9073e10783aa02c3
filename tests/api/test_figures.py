"""The reviewer's figures over the API: timeliness of both sides, the year as it may be published, what left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.handling.uses import use_item
from accord.officers.services import set_scope
from tests.api.conftest import CallerOf
from tests.desk import Desk, desk, released_request
from tests.handling.story import COURT, answered, item_from_india
from tests.handling.story import asked as asked_for_permission
from tests.oversight.test_statistics import YEAR, requests
from tests.oversight.test_timeliness import asked

__all__ = ["desk"]


def test_both_sides_are_shown_with_what_was_late(desk: Desk, caller_of: CallerOf) -> None:
    for hours in (2, 4, 15):
        asked(desk, hours=hours)
    overdue = asked(desk, hours=None, began=timezone.now() - timedelta(hours=40))
    asked(desk, hours=1, direction="out", theme="fraud")
    shown = caller_of(desk.reviewer).get("/review/timeliness", peer="IN").json()
    everything = shown["ours"]["all"]
    assert (everything["requests"], everything["in_time"], everything["due"], everything["percent"]) == (4, 2, 4, 50)
    assert (everything["code"], everything["median_seconds"], everything["open"]) == (None, 4 * 3600, 1)
    assert shown["ours"]["late"][0]["message_id"] == str(overdue.pk)
    assert len(shown["ours"]["late"]) == 2
    assert [(one["code"], one["percent"]) for one in shown["theirs"]["by_theme"]] == [("fraud", 100)]
    assert shown["theirs"]["late"] == []


def test_cases_beyond_the_mandate_count_for_nothing(desk: Desk, caller_of: CallerOf) -> None:
    asked(desk, hours=15)
    set_scope(desk.administrator, desk.reviewer, themes=[], agencies=["CBSA"])
    desk.reviewer.refresh_from_db()
    ours = caller_of(desk.reviewer).get("/review/timeliness", peer="IN").json()["ours"]
    assert (ours["all"]["requests"], ours["late"]) == (0, [])


def test_small_counts_of_a_year_are_kept_back(desk: Desk, caller_of: CallerOf) -> None:
    requests(desk, 12)
    requests(desk, 3, theme="fraud")
    shown = caller_of(desk.reviewer).get(f"/review/years/{YEAR}/statistics", peer="IN").json()
    tables = {one["name"]: one for one in shown["tables"]}
    assert shown["is_over"] is False
    assert {"received", "sent", "refusals", "delays"} <= set(tables)
    columns = tables["received"]["columns"]
    received = {row["code"]: dict(zip(columns, row["counts"], strict=True)) for row in tables["received"]["rows"]}
    assert received["fraud"]["in-time"] is None
    assert received["fraud"]["total"] is None
    assert list(received)[-1] == "total"
    assert {row["counts"][-1] for row in tables["sent"]["rows"]} == {0}


def test_what_left_is_listed_in_pages_with_who_let_it_go(desk: Desk, caller_of: CallerOf) -> None:
    for _ in range(2):
        released_request(desk)
    reviewer, path = caller_of(desk.reviewer), f"/review/years/{YEAR}/disclosures"
    first = reviewer.get(path, peer="IN", limit=1).json()
    rest = reviewer.get(path, peer="IN", limit=1, cursor=first["next"]).json()
    [one], [two] = first["items"], rest["items"]
    assert (one["kind"], one["authorised_by"], one["released_by"]) == ("request", "The releasing", "The releasing")
    assert one["number"] != two["number"]
    assert rest["next"] is None
    assert "facts" not in one


def test_what_of_theirs_went_outside_is_listed_with_the_permission_for_it(desk: Desk, caller_of: CallerOf) -> None:
    item = item_from_india(desk)
    permission = answered(desk, asked_for_permission(desk, item))
    assert permission is not None
    use_item(desk.duty, item, COURT)
    [one] = caller_of(desk.reviewer).get(f"/review/years/{YEAR}/outward-uses", peer="IN").json()["items"]
    assert (one["use"], one["whose"], one["recipient"]) == ("court", "IN", "Superior Court")
    assert (one["permission"], one["used_by"]) == (permission.reference, desk.duty.display_name)
    assert "facts" not in one


@pytest.mark.parametrize(
    ("path", "asked_for", "status"),
    [
        ("/review/timeliness", {"peer": "XX"}, 404),
        ("/review/timeliness", {}, 422),
        ("/review/timeliness", {"peer": "IN", "days": 0}, 422),
        (f"/review/years/{YEAR}/statistics", {"peer": "XX"}, 404),
        (f"/review/years/{YEAR + 1}/statistics", {"peer": "IN"}, 404),
        ("/review/years/1999/disclosures", {"peer": "IN"}, 422),
        (f"/review/years/{YEAR}/disclosures", {"peer": "IN", "cursor": "made-up"}, 400),
    ],
)
def test_what_there_is_not_is_said(
    desk: Desk, caller_of: CallerOf, path: str, asked_for: dict[str, object], status: int
) -> None:
    assert caller_of(desk.reviewer).get(path, **asked_for).status_code == status


def test_who_does_not_read_the_record_sees_no_figures(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    for path in (
        "/review/timeliness",
        f"/review/years/{YEAR}/statistics",
        f"/review/years/{YEAR}/disclosures",
        f"/review/years/{YEAR}/outward-uses",
    ):
        assert liaison.get(path, peer="IN").json()["code"] == "officer.not-permitted"
