"""Two officers at one flag: whoever marks on a page that is older changes nothing before they know what was said."""

import re

from django.http import HttpResponse

from accord.workstreams.drugs.models import Flag
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_drugs_screening import LIST, brought
from tests.desk_pages.words import plain, text


def fields_of(answer: HttpResponse, name: str) -> dict[str, str]:
    """The hidden fields of a page whose names begin so."""
    return dict(re.findall(rf'name="({name}[^"]*)" value="([^"]*)"', text(answer)))


def test_a_mark_on_an_older_page_changes_nothing_and_says_who_marked_meanwhile(desk: Desk, sign_in: SignIn) -> None:
    flag = brought(desk, sign_in).flags.get(line=5)
    address = f"{LIST}flags/{flag.pk}/"
    first, second = sign_in(desk.liaison), sign_in(desk.duty)
    seen, old = fields_of(first.get(address), "seen"), fields_of(second.get(address), "seen")
    assert seen == old == {"seen": "0"}
    assert first.post(f"{address}act", {"act": "mark-true", **seen}).status_code == 302
    refused = second.post(f"{address}act", {"act": "mark-false", "reason": "A paint.", **old})
    assert refused.status_code == 409
    assert f"marked true · {desk.liaison}" in plain(refused)
    assert "Nothing was changed." in plain(refused)
    assert "Mark it false all the same" in plain(refused)
    flag.refresh_from_db()
    assert (flag.mark, flag.marked_by) == ("true", desk.liaison)
    # The reason is kept, and what was said now is seen.
    now = fields_of(refused, "seen")
    assert now != old
    assert fields_of(refused, "reason") == {"reason": "A paint."}
    assert second.post(f"{address}act", {"act": "mark-false", "reason": "A paint.", **now}).status_code == 302
    flag.refresh_from_db()
    assert (flag.mark, flag.marked_by) == ("false", desk.duty)


def test_a_mark_is_not_taken_back_on_an_older_page(desk: Desk, sign_in: SignIn) -> None:
    flag = brought(desk, sign_in).flags.get(line=5)
    address, client = f"{LIST}flags/{flag.pk}/", sign_in(desk.liaison)
    client.post(f"{address}act", {"act": "mark-true"})
    old = fields_of(client.get(address), "seen")
    client.post(f"{address}act", {"act": "mark-false", "reason": "A paint."})
    refused = client.post(f"{address}act", {"act": "undo", **old})
    assert refused.status_code == 409
    assert "drugs.marked-meanwhile" in text(refused)
    flag.refresh_from_db()
    assert flag.mark == "false"


def test_of_several_flags_those_that_changed_are_left_and_named(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    address, client = f"{LIST}{screening.pk}/", sign_in(desk.duty)
    seen = fields_of(client.get(address), "seen-")
    assert len(seen) == 3
    changed, other = screening.flags.get(line=5), screening.flags.get(line=6)
    sign_in(desk.liaison).post(f"{LIST}flags/{changed.pk}/act", {"act": "mark-true"})
    chosen = {"act": "mark-false", "reason": "A paint.", "flag": [str(changed.pk), str(other.pk)]}
    answer = client.post(f"{address}act", {**chosen, **seen})
    page = plain(answer)
    assert "Left as they are, since something was said of them meanwhile: Line 5: marked true" in page
    assert "1 flag is marked false." in page
    assert dict(Flag.objects.values_list("line", "mark")) == {2: "", 5: "true", 6: "false"}
    again = {"act": "mark-false", "reason": "A paint.", "flag": str(changed.pk)}
    client.post(f"{address}act", {**again, **fields_of(answer, f"seen-{changed.pk}")})
    assert dict(Flag.objects.values_list("line", "mark")) == {2: "", 5: "false", 6: "false"}


def test_what_was_marked_in_one_go_is_not_taken_back_where_it_was_marked_anew(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    address, client = f"{LIST}{screening.pk}/", sign_in(desk.liaison)
    keys = [str(key) for key in screening.flags.filter(line__in=[5, 6]).values_list("pk", flat=True)]
    page = client.post(f"{address}act", {"act": "mark-true", "flag": keys}, follow=True)
    undo = dict(re.findall(r'name="(seen-[^"]*)" value="([^"]*)"', text(page).partition('value="undo"')[0]))
    assert len(undo) == 2
    client.post(f"{LIST}flags/{keys[0]}/act", {"act": "mark-false", "reason": "A paint."})
    undone = plain(client.post(f"{address}act", {"act": "undo", "flag": keys, **undo}, follow=True))
    assert "1 mark is taken back. What was said since then stays." in undone
    assert Flag.objects.get(pk=keys[0]).mark == "false"
    assert Flag.objects.get(pk=keys[1]).mark == ""
