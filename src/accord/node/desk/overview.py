"""The list an officer came from, so that after an act the desk can lead on to the list's next case.

It is kept in the session: the references of the rows as they were shown, and the list's address.
"""

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from accord.exchange.models import Case
from accord.exchange.reach import cases_for, reads
from accord.node.desk.models import Preference
from accord.officers.models import Officer

__all__ = ["after_act", "came_from", "goes_on", "remember", "step_on"]

_KEY: Final = "overview"


def remember(request: HttpRequest, cases: Sequence[Case]) -> None:
    """Keeps the list that is shown now."""
    shown = {"address": request.get_full_path(), "cases": [case.own_ref for case in cases]}
    # An unchanged list costs no write.
    if request.session.get(_KEY) != shown:
        request.session[_KEY] = shown


def came_from(request: HttpRequest) -> str:
    """Returns the address of the list the officer came from; the desk where there is none."""
    address = request.session.get(_KEY, {}).get("address", "")
    return address if isinstance(address, str) and address.startswith("/desk/") else reverse("desk:queue")


def goes_on(officer: Officer, *, unless_chosen: bool = False) -> bool:
    """Returns whether the officer likes to go on to the next one after an act that ends their part.

    Args:
        officer: Who acts.
        unless_chosen: What holds for an officer who never chose: at a case one stays, from an approval one goes on.
    """
    chosen = Preference.objects.filter(officer=officer).values_list("after_act", flat=True).first()
    return chosen == Preference.AfterAct.NEXT if chosen is not None else unless_chosen


def step_on(request: HttpRequest, officer: Officer, case: Case) -> str:
    """Returns the address of the next open case of the list the officer came from, or of the list at its end."""
    listed = request.session.get(_KEY, {}).get("cases", [])
    place = listed.index(case.own_ref) + 1 if case.own_ref in listed else 0
    rest = [reference for reference in listed[place:] if reference != case.own_ref]
    still_open = set(
        cases_for(officer).filter(own_ref__in=rest, state=Case.State.OPEN).values_list("own_ref", flat=True)
    )
    following = next((reference for reference in rest if reference in still_open), None)
    return reverse("desk:case", args=[following]) if following else came_from(request)


def after_act(request: HttpRequest, officer: Officer, case: Case) -> str:
    """Returns where an act on a case leads, as the officer chose: on to the next one, or back to the case."""
    if goes_on(officer):
        return step_on(request, officer, case)
    # Who handed a case away may have no need to know it any more.
    return reverse("desk:case", args=[case.own_ref]) if reads(officer, case) else came_from(request)
