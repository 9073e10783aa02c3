"""Timeliness at the reviewer's desk: how soon we answer them and they answer us, and what was late."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.published import published_section
from accord.officers.permissions import Permission
from accord.oversight.statistics import peers_of
from accord.oversight.timeliness import PERIODS, late_requests, timeliness

__all__ = ["show_timeliness"]

# Any: lazy translations.
SIDES: Final[tuple[tuple[str, Message.Direction, Any], ...]] = (
    ("we", Message.Direction.IN, gettext_lazy("How we answer them")),
    ("they", Message.Direction.OUT, gettext_lazy("How they answer us")),
)


@page(Permission.RECORD_READ)
def show_timeliness(request: HttpRequest) -> HttpResponse:
    """Shows both sides' figures as our own log has them, what was late, and what each side published.

    View permission: ``record.read``.
    """
    officer = officer_of(request)
    peers = peers_of(officer)
    peer = request.GET.get("peer", peers[0] if peers else "")
    if peers and peer not in peers:
        raise NotFound("There is no such party.")
    text = request.GET.get("days", "")
    days = int(text) if text in {str(one) for one in PERIODS} else PERIODS[1]
    sides = []
    for name, direction, title in SIDES if peers else ():
        figures = timeliness(officer, peer=peer, direction=direction, days=days)
        late = late_requests(officer, peer=peer, direction=direction, days=days)
        sides.append({"name": name, "title": title, "figures": figures, "late": late})
    shown: dict[str, Any] = {"peers": peers, "peer": peer, "days": days, "periods": PERIODS, "sides": sides}
    if peers:
        shown |= published_section(officer, peer=peer, chosen=request.GET.get("report", ""))
        shown["address"] = "desk:review-timeliness"
    return show(request, "desk/review_timeliness.html", shown)
