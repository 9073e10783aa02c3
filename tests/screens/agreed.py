"""What the pages of the agreement show: a clause with two wordings, read-outs, a meeting, a plan on offer, a watch.

Each of it is made once at the two nodes of a played story, however often it is asked for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from accord.cli.demo.nodes import NodeProcess
from accord.cli.demo.playing import wait_for
from tests.screens.seat import Seat

__all__ = ["agreed_places"]

TITLE: Final = {
    "en": "Statement on precursors (specimen)",
    "fr": "Déclaration sur les précurseurs (spécimen)",
    "hi": "पूर्ववर्ती रसायनों पर वक्तव्य (नमूना)",
}
OURS: Final = {
    "en": "Both sides will notify each other of consignments within [two] days.",
    "fr": "Les deux parties préviennent de leurs envois dans un délai de [deux] jours.",
    "hi": "दोनों पक्ष एक-दूसरे को खेपों की सूचना [दो] दिनों के भीतर देंगे।",
}
THEIRS: Final = {
    "en": "Both sides intend to notify each other of listed consignments within three days.",
    "fr": "Les deux parties entendent prévenir des envois inscrits dans un délai de trois jours.",
    "hi": "दोनों पक्ष सूचीबद्ध खेपों की सूचना तीन दिनों के भीतर देने का इरादा रखते हैं।",
}
SIGNED: Final = "Statement on security cooperation (specimen)"
OUR_READ_OUT: Final = (
    "Both sides intend to answer urgent requests within three days. Officials will meet again in spring (specimen)."
)
THEIR_READ_OUT: Final = "Both sides will answer urgent requests within two days (specimen)."
SERIES: Final = "Experts on precursors (specimen)"
POST: Final = "Night desk (specimen)"
CHANGED: Final = "Say in one page who is called first (specimen)"


def agreed_places(nodes: Mapping[str, NodeProcess]) -> dict[str, str]:
    """Returns what stands in the addresses of the agreement's pages.

    Args:
        nodes: Both nodes of a played story, running.
    """
    policy, duty = Seat(nodes["CA"], "policy"), Seat(nodes["CA"], "duty")
    return {
        **_negotiated(nodes),
        **_read_out(nodes["CA"], policy),
        **_posted(nodes),
        **_offered_plan(nodes),
        "meeting": _met(policy),
        **_watched(policy, duty, nodes["CA"]),
    }


def _statement(node: NodeProcess, title: str) -> str:
    found: Any = node.call("GET", "/statements", as_="policy", expect=200).body
    return next((str(one["id"]) for one in found if one["title"].get("en") == title), "")


def _clauses(node: NodeProcess, statement: str) -> list[Any]:
    answer = node.call("GET", f"/statements/{statement}", as_="policy")
    shown: Any = answer.body
    return list(shown["clauses"]) if answer.status == 200 else []


def _negotiated(nodes: Mapping[str, NodeProcess]) -> dict[str, str]:
    """Has the two sides stand for two wordings of one clause, and Canada's team draft another one."""
    canada, india = nodes["CA"], nodes["IN"]
    statement = _statement(canada, TITLE["en"])
    if not statement:
        begun = canada.call("POST", "/statements", as_="policy", expect=201, body={"peer": "IN", "title": TITLE})
        statement = str(begun["id"])
        path = f"/statements/{statement}"
        body = {"texts": OURS, "comment": "The ports ask for two days (specimen)."}
        canada.call("POST", f"{path}/clauses", as_="policy", expect=201, body=body)
        for clause in _clauses(canada, statement):
            canada.call("POST", f"{path}/clauses/{clause['id']}/propose", as_="policy", expect=200, body={})
        there = wait_for(lambda: len(_clauses(india, statement)) == 2 and _clauses(india, statement), "the clauses")
        india.call("POST", f"{path}/join", as_="policy", expect=200)
        one = f"{path}/clauses/{next(clause['id'] for clause in there if not clause['is_title'])}"
        india.call("PUT", f"{one}/draft", as_="policy", expect=200, body={"texts": THEIRS})
        india.call("POST", f"{one}/propose", as_="policy", expect=200, body={})
        wait_for(lambda: _differing(canada, statement), "India's wording")
    return {"negotiated": statement, "clause": _differing(canada, statement)}


def _differing(node: NodeProcess, statement: str) -> str:
    return next((str(one["id"]) for one in _clauses(node, statement) if one["state"] == "differs"), "")


def _read_out(canada: NodeProcess, policy: Seat) -> dict[str, str]:
    """Records both read-outs of the signed statement: one link is confirmed, the others are suggested."""
    statement = _statement(canada, SIGNED)
    page = f"/desk/dialogue/statements/{statement}/read-outs"
    if not policy.found(page, "(two days)"):
        day = datetime.now(UTC).date().isoformat()
        public = {"language": "en", "url": "https://example.org/read-out", "published_on": day}
        forms = (
            {"act": "keep", "language": "en", "text": OUR_READ_OUT},
            {"act": "theirs", "text": THEIR_READ_OUT, **public},
        )
        for form in forms:
            policy.send(page, form, to=f"{page}/act")
        read_out = policy.found(page, r'name="read_out" value="(\d+)"')
        agreed = policy.found(page, r'name="agreed">.*?<option value="([^"]+)" selected')
        confirmed = {"act": "confirm", "language": "en", "read_out": read_out, "sentence": "0", "agreed": agreed}
        policy.send(page, confirmed, to=f"{page}/act")
    return {"signed": statement}


def _met(policy: Seat) -> str:
    """Plans a meeting with an agenda, a decision and action items, and returns its number."""
    listed = r'href="/desk/dialogue/meetings/(\d+)/"'
    found = policy.found("/desk/dialogue/", listed)
    if not found:
        policy.send("/desk/dialogue/series/new", {"peer": "IN", "level": "experts", "text-en": SERIES})
        series = policy.found("/desk/dialogue/meetings/new", r'id="series" name="series"><option value="(\d+)"')
        planned = {
            "series": series,
            "starts_at": f"{(datetime.now(UTC) + timedelta(days=30)).date()}T09:30",
            "place": "Ottawa (specimen)",
            "our_chair": "Director of the programme (specimen)",
            "our_delegation": "Policy lead, Public Safety\nLiaison officer, RCMP",
            "their_chair": "Joint Secretary (specimen)",
            "their_delegation": "Deputy Director, NCB",
        }
        page = policy.send("/desk/dialogue/meetings/new", planned)
        due = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
        forms = (
            {"act": "add", "sort": "agenda", "text": "How soon consignments are notified (specimen)"},
            {"act": "add", "sort": "agenda", "text": "Any other business"},
            {"act": "add", "sort": "decision", "text": "Both sides try notices of two days for a quarter (specimen)."},
            {
                "act": "add",
                "sort": "action",
                "text": "Send the list of ports.",
                "owner": "ours",
                "due_on": due,
            },
            {"act": "add", "sort": "action", "text": "Name who answers at night.", "owner": "both"},
        )
        for form in forms:
            policy.send(page, form, to=f"{page}act")
        found = page.rstrip("/").rpartition("/")[2]
    return found


def _posted(nodes: Mapping[str, NodeProcess]) -> dict[str, str]:
    """Returns Canada's signed posting with a record that waits, and an act on its soil for which India asks."""
    canada, india = nodes["CA"], nodes["IN"]
    texts: Any = canada.call("GET", "/texts?type=posting&limit=100", as_="policy", expect=200).body
    ours = next(one for one in texts["items"] if one["is_ours"])
    policy, path = Seat(canada, "policy"), f"/desk/liaison/postings/{ours['instrument']}/"
    if not policy.found(path, '(class="a-parts__row")><dt>Account that holds it'):
        policy.send(f"{path}record", {"account": "liaison", "delegation": "request", "ceiling": "protected"})
    asked = _text_of(canada, "soil-act")
    if asked is None:
        today = datetime.now(UTC).date()
        content = {
            "schema_version": 1,
            "asking": "IN",
            "host": "CA",
            "act_kind": "interview",
            "description": "SPECIMEN. To ask the manager of a warehouse about one consignment.",
            "place": "Vancouver (specimen)",
            "from_day": (today + timedelta(days=7)).isoformat(),
            "to_day": (today + timedelta(days=14)).isoformat(),
            "officer": "Liaison officer, Ottawa (specimen)",
            "ground": "SPECIMEN. The request of the first story.",
            "accompanied_by": "RCMP",
        }
        body = {"peer": "CA", "type": "soil-act", "content": content}
        _offered(india, india.call("POST", "/texts", as_="policy", expect=201, body=body)["id"])
        asked = wait_for(lambda: _text_of(canada, "soil-act"), "India's question")
    return {"posting": str(ours["instrument"]), "soil": str(asked["instrument"])}


def _text_of(node: NodeProcess, kind: str, state: str = "offered") -> Any:  # Any: a text as JSON
    found: Any = node.call("GET", f"/texts?type={kind}&state={state}&limit=100", as_="policy", expect=200).body
    return next((one for one in found["items"] if not one["is_ours"]), None)


def _offered(node: NodeProcess, text: object) -> None:
    node.call("POST", f"/texts/{text}/offer", as_="signatory", expect=200)


def _offered_plan(nodes: Mapping[str, NodeProcess]) -> dict[str, str]:
    """Has India offer its draft of the plan, and Canada's draft change the same words of one action."""
    canada, india = nodes["CA"], nodes["IN"]
    offered = _text_of(canada, "workplan")
    if offered is None:
        theirs: Any = india.call("GET", "/plans/CA", as_="policy", expect=200)["draft"]
        signed: Any = india.call("GET", "/plans/CA", as_="policy", expect=200)["agreed"]
        before = {one["id"]: one for one in signed["content"]["actions"]}
        changed = next(one for one in theirs["content"]["actions"] if one != before[one["id"]])
        ours: Any = canada.call("GET", "/plans/IN", as_="policy", expect=200)["draft"]
        for action in ours["content"]["actions"]:
            if action["id"] == changed["id"]:
                action["title"]["en"] = CHANGED
        body = {"seen": ours["version"], "content": ours["content"]}
        canada.call("PUT", "/plans/IN/draft", as_="policy", expect=200, body=body)
        body = {"seen": theirs["version"]}
        _offered(india, india.call("POST", "/plans/CA/prepare", as_="policy", expect=201, body=body)["text"])
        offered = wait_for(lambda: _text_of(canada, "workplan"), "India's plan")
    return {"offered": str(offered["id"])}


def _watched(policy: Seat, duty: Seat, canada: NodeProcess) -> dict[str, str]:
    """Keeps a post with a gap each evening and who is called, and hands a watch over; both have signed the note."""
    kept = rf'href="/desk/roster/posts/(\d+)/"[^>]*><bdi[^>]*>{POST.partition(" (")[0]}'
    post = policy.found("/desk/roster/posts/", kept)
    if not post:
        opened = {"act": "open", "party": "CA", "name": POST, "zone": "America/Toronto", "minutes": "15"}
        page = policy.send("/desk/roster/posts/", opened)
        post = page.rstrip("/").rpartition("/")[2]
        _kept(policy, page, post)
    note = duty.found("/desk/roster/handovers/", r'href="/desk/roster/handovers/([0-9a-f-]{36})/"')
    if not note:
        begun = "/desk/roster/handovers/new"
        seen = duty.found(begun, r'name="seen" value="([^"]+)"')
        words = {"remarks": "The port calls back (specimen).", "next_call": "Port of Vancouver (specimen)"}
        page = duty.send(begun, {"act": "sign", "post": post, "incoming": "liaison", "seen": seen, **words})
        colleague = Seat(canada, "liaison")
        digest = colleague.found(page, r'name="digest" value="([^"]+)"')
        colleague.send(page, {"act": "take", "digest": digest})
        note = page.rstrip("/").rpartition("/")[2]
    return {"post": post, "note": note}


def _kept(policy: Seat, page: str, post: str) -> None:
    each_day = {"first_on": datetime.now(UTC).date().isoformat(), "weekdays": [str(number) for number in range(7)]}
    for officer, begins, ends in (("duty", "08:00", "20:00"), ("liaison", "21:30", "08:00")):
        policy.send(page, {"act": "add", "officer": officer, "begins": begins, "ends": ends, **each_day})
    called = {"rank": "duty", "officer": "duty", "telephone": "+1 613 555 0100", "minutes": "10"}
    policy.send("/desk/roster/calls/", {"act": "add", "post": post, **called})
