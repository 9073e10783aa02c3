"""Every page that can be looked at: how each is opened, as whom, at which desk, and what of the story it shows.

The tests of every page, the pictures, and the check that no address is forgotten read this one list.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from accord.cli.demo import specimens
from accord.cli.demo.nodes import NodeProcess
from accord.cli.demo.playing import let_leave, wait_for
from tests.screens.agreed import agreed_places
from tests.screens.screened import screened_places

__all__ = ["HOMES", "LEFT_OUT", "SIGHTS", "Sight", "opened_nodes", "places"]

HOMES: Final = {"CA": "canada", "IN": "india"}


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One page as it is looked at.

    Args:
        name: Its name in the table of addresses.
        address: Where it is; what stands in braces comes from :func:`places`.
        role: Who looks; nobody is signed in where it is ``None``.
        party: At whose desk.
        is_empty_too: Whether it is looked at on a node where nothing has happened yet, too.
    """

    name: str
    address: str
    role: str | None = "liaison"
    party: str = "CA"
    is_empty_too: bool = False


SIGHTS: Final = (
    Sight(name="queue", address="/desk/", is_empty_too=True),
    Sight(name="parked", address="/desk/parked/", role="duty", is_empty_too=True),
    Sight(name="cases", address="/desk/cases/", is_empty_too=True),
    Sight(name="search", address="/desk/search?q=consignment", is_empty_too=True),
    Sight(name="new-case", address="/desk/cases/new", is_empty_too=True),
    Sight(name="case", address="/desk/cases/{case}/"),
    Sight(name="case-print", address="/desk/cases/{case}/print"),
    Sight(name="case-team", address="/desk/cases/{case}/team", role="releasing"),
    Sight(name="break-in", address="/desk/cases/break-in"),
    Sight(name="draft", address="/desk/drafts/{draft}/"),
    Sight(name="assessments", address="/desk/drafts/{draft}/assessments", role="duty"),
    Sight(name="discard", address="/desk/drafts/{draft}/discard"),
    Sight(name="files", address="/desk/drafts/{draft}/files"),
    Sight(name="reply", address="/desk/messages/{asked}/reply/answer", role="duty", party="IN"),
    Sight(name="use", address="/desk/messages/{asked}/use", role="duty", party="IN"),
    Sight(name="ask-permission", address="/desk/messages/{asked}/ask?use=court", role="duty", party="IN"),
    Sight(name="answer-permission", address="/desk/messages/{question}/permit", role="duty", party="IN"),
    Sight(name="keeping", address="/desk/retention/", is_empty_too=True),
    Sight(name="case-keeping", address="/desk/cases/{case}/retention", role="releasing"),
    Sight(name="object", address="/desk/messages/{request}/object"),
    Sight(name="agreement", address="/desk/agreement/", role="policy", is_empty_too=True),
    Sight(name="liaison", address="/desk/liaison/", role="policy", is_empty_too=True),
    Sight(name="posting-new", address="/desk/liaison/postings/new", role="policy"),
    Sight(name="posting", address="/desk/liaison/postings/{posting}/", role="signatory"),
    Sight(name="posting-change", address="/desk/liaison/postings/{posting}/change", role="policy"),
    Sight(name="posting-record", address="/desk/liaison/postings/{posting}/record", role="policy"),
    Sight(name="directory", address="/desk/liaison/directory/", role="policy", is_empty_too=True),
    Sight(name="directory-entry-new", address="/desk/liaison/directory/entries/new", role="policy"),
    Sight(name="pings", address="/desk/liaison/pings/", role="duty", is_empty_too=True),
    Sight(name="soil-acts", address="/desk/liaison/soil/", role="policy", is_empty_too=True),
    Sight(name="soil-act-new", address="/desk/liaison/soil/new", role="policy"),
    Sight(name="soil-act", address="/desk/liaison/soil/{soil}/", role="policy"),
    Sight(name="dialogue", address="/desk/dialogue/", role="policy", is_empty_too=True),
    Sight(name="series-new", address="/desk/dialogue/series/new", role="policy", is_empty_too=True),
    Sight(name="meeting-new", address="/desk/dialogue/meetings/new", role="policy", is_empty_too=True),
    Sight(name="statement-new", address="/desk/dialogue/statements/new", role="policy", is_empty_too=True),
    Sight(name="statement", address="/desk/dialogue/statements/{negotiated}/", role="policy"),
    Sight(name="clause-new", address="/desk/dialogue/statements/{negotiated}/clauses/new", role="policy"),
    Sight(name="clause", address="/desk/dialogue/clauses/{clause}/", role="policy"),
    Sight(name="statement-sign", address="/desk/dialogue/statements/{negotiated}/sign", role="policy"),
    Sight(name="read-outs", address="/desk/dialogue/statements/{signed}/read-outs", role="policy"),
    Sight(name="promises", address="/desk/dialogue/statements/{signed}/commitments", role="policy"),
    Sight(name="meeting", address="/desk/dialogue/meetings/{meeting}/", role="policy"),
    Sight(name="indicators", address="/desk/indicators/", role="signatory", is_empty_too=True),
    Sight(name="indicator", address="/desk/indicators/I1/", role="policy"),
    Sight(name="texts", address="/desk/texts/", role="signatory", is_empty_too=True),
    Sight(name="text", address="/desk/texts/{offered}/", role="signatory"),
    Sight(name="plans", address="/desk/plan/", role="policy", is_empty_too=True),
    Sight(name="plan", address="/desk/plan/IN/", role="policy"),
    Sight(name="plan-print", address="/desk/plan/IN/print", role="policy"),
    Sight(name="plan-board", address="/desk/plan/IN/board?of=draft", role="policy"),
    Sight(name="plan-timeline", address="/desk/plan/IN/timeline?from=2026-03", role="policy"),
    Sight(name="plan-calendar", address="/desk/plan/IN/calendar?month=2026-06", role="policy"),
    Sight(name="plan-brief", address="/desk/plan/IN/brief", role="policy"),
    Sight(name="plan-compare", address="/desk/plan/IN/compare", role="policy"),
    Sight(name="plan-history", address="/desk/plan/IN/history", role="policy"),
    Sight(name="plan-draft", address="/desk/plan/IN/draft/", role="policy"),
    Sight(name="plan-bring", address="/desk/plan/IN/draft/file", role="policy"),
    Sight(name="plan-terms", address="/desk/plan/IN/draft/terms", role="policy"),
    Sight(name="plan-promises", address="/desk/plan/IN/draft/commitments", role="policy"),
    Sight(name="plan-new", address="/desk/plan/IN/draft/new/actions", role="policy"),
    Sight(name="plan-item", address="/desk/plan/IN/draft/items/A5/", role="policy"),
    Sight(name="plan-merge", address="/desk/plan/IN/merge/{offered}", role="policy"),
    Sight(name="drugs", address="/desk/drugs/", is_empty_too=True),
    Sight(
        name="drugs-substances",
        address="/desk/drugs/substances/?on=2025-01-23&from=IN&to=CA",
        role="counsel",
        is_empty_too=True,
    ),
    Sight(name="drugs-substance", address="/desk/drugs/substances/substance/4-piperidone/", role="counsel"),
    Sight(name="drugs-substance-new", address="/desk/drugs/substances/new/control?from=ca-npp", role="counsel"),
    Sight(name="drugs-substance-import", address="/desk/drugs/substances/import", role="counsel"),
    Sight(name="drugs-write", address="/desk/drugs/write", is_empty_too=True),
    Sight(name="drugs-notices", address="/desk/drugs/notices/", is_empty_too=True),
    Sight(name="drugs-notice", address="/desk/drugs/notices/{notice}/"),
    Sight(name="drugs-screenings", address="/desk/drugs/screening/", is_empty_too=True),
    Sight(name="drugs-screening", address="/desk/drugs/screening/{screening}/"),
    Sight(name="drugs-flag", address="/desk/drugs/screening/flags/{flag}/"),
    Sight(name="drugs-flag-follow", address="/desk/drugs/screening/flags/{flag}/follow/request"),
    Sight(name="drugs-licences", address="/desk/drugs/licences/", is_empty_too=True),
    Sight(name="drugs-screening-rules", address="/desk/drugs/screening/rules/", role="counsel", is_empty_too=True),
    Sight(name="drugs-flows", address="/desk/drugs/flows/", is_empty_too=True),
    Sight(name="drugs-companies", address="/desk/drugs/companies/", is_empty_too=True),
    Sight(
        name="drugs-company",
        address="/desk/drugs/companies/history/?name=Specimen%20Exports%20Private%20Limited%20%28invented%29",
    ),
    Sight(name="drugs-consignees", address="/desk/drugs/consignees/", is_empty_too=True),
    Sight(name="drugs-gaps", address="/desk/drugs/gaps/", is_empty_too=True),
    Sight(name="drugs-incidents", address="/desk/drugs/incidents/", is_empty_too=True),
    Sight(name="drugs-suspicions", address="/desk/drugs/suspicions/", is_empty_too=True),
    Sight(name="lanes", address="/desk/lanes/", role="releasing", is_empty_too=True),
    Sight(name="timeliness", address="/desk/timeliness/", role="releasing", is_empty_too=True),
    Sight(name="recall", address="/desk/messages/{request}/recall", role="releasing"),
    Sight(name="correct", address="/desk/messages/{request}/correct"),
    Sight(name="provenance", address="/desk/messages/{request}/provenance"),
    Sight(name="approvals", address="/desk/approvals/", role="releasing", is_empty_too=True),
    Sight(name="approval", address="/desk/approvals/{approval}/", role="releasing"),
    Sight(name="holds", address="/desk/approvals/{approval}/holds", role="releasing"),
    Sight(name="proof", address="/desk/messages/{request}/proof"),
    Sight(name="check", address="/desk/proof/", is_empty_too=True),
    Sight(name="channel", address="/desk/channel/", is_empty_too=True),
    Sight(name="law", address="/desk/law/", is_empty_too=True),
    Sight(name="rule", address="/desk/law/BI-01"),
    Sight(name="law-try", address="/desk/law/try"),
    Sight(name="registers", address="/desk/registers/", role="administrator", is_empty_too=True),
    Sight(name="register-new", address="/desk/registers/arrangement/new", role="administrator", is_empty_too=True),
    Sight(name="register-entry", address="/desk/registers/entries/1/"),
    Sight(name="roster", address="/desk/roster/", role="duty", is_empty_too=True),
    Sight(name="roster-watches", address="/desk/roster/watches/", role="duty", is_empty_too=True),
    Sight(name="roster-leave", address="/desk/roster/leave/", role="duty", is_empty_too=True),
    Sight(name="roster-posts", address="/desk/roster/posts/", role="policy", is_empty_too=True),
    Sight(name="roster-post", address="/desk/roster/posts/{post}/", role="policy"),
    Sight(name="roster-calls", address="/desk/roster/calls/", role="policy", is_empty_too=True),
    Sight(name="roster-calendars", address="/desk/roster/calendars/", role="duty", is_empty_too=True),
    Sight(name="roster-handovers", address="/desk/roster/handovers/", role="duty", is_empty_too=True),
    Sight(name="roster-handover-new", address="/desk/roster/handovers/new", role="duty", is_empty_too=True),
    Sight(name="roster-handover", address="/desk/roster/handovers/{note}/", role="duty"),
    Sight(name="review", address="/desk/review/", role="reviewer", is_empty_too=True),
    Sight(name="review-logs", address="/desk/review/logs/", role="reviewer", is_empty_too=True),
    Sight(name="review-witnesses", address="/desk/review/witnesses/", role="reviewer", is_empty_too=True),
    Sight(name="review-sample", address="/desk/review/sample/?seed=dice&size=5", role="reviewer", is_empty_too=True),
    Sight(name="review-timeliness", address="/desk/review/timeliness/", role="reviewer", is_empty_too=True),
    Sight(name="review-year", address="/desk/review/year/", role="reviewer", is_empty_too=True),
    Sight(name="review-list", address="/desk/review/decisions/", role="reviewer", is_empty_too=True),
    Sight(name="review-decision", address="/desk/review/decisions/1", role="reviewer"),
    Sight(name="administration", address="/desk/administration/", role="administrator", is_empty_too=True),
    Sight(name="new-account", address="/desk/administration/accounts/new", role="administrator"),
    Sight(name="account", address="/desk/administration/accounts/liaison/", role="administrator"),
    Sight(name="waiting", address="/desk/administration/waiting/", role="reviewer", is_empty_too=True),
    Sight(name="parties", address="/desk/administration/parties/", role="administrator", is_empty_too=True),
    Sight(name="keys", address="/desk/administration/keys/", role="administrator", is_empty_too=True),
    Sight(name="help", address="/desk/help/", is_empty_too=True),
    Sight(name="me", address="/desk/me/", is_empty_too=True),
    Sight(name="notices", address="/desk/notices/", role="duty", is_empty_too=True),
    Sight(name="notices-choices", address="/desk/notices/choices", role="duty", is_empty_too=True),
    Sight(name="account_login", address="/account/login/", role=None),
    Sight(name="account_logout", address="/account/logout/"),
    Sight(name="account_reauthenticate", address="/account/reauthenticate/"),
    Sight(name="account_change_password", address="/account/password/change/"),
    Sight(name="account_inactive", address="/account/inactive/", role=None),
    Sight(name="account_first_password", address="/account/first/", role=None),
    Sight(name="mfa_index", address="/account/2fa/"),
    Sight(name="mfa_activate_totp", address="/account/2fa/totp/activate/"),
    Sight(name="mfa_list_webauthn", address="/account/2fa/webauthn/"),
    Sight(name="mfa_add_webauthn", address="/account/2fa/webauthn/add/"),
    Sight(name="usersessions_list", address="/account/sessions/"),
)
"""The pages in the order in which an officer meets them."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "meeting-paper": "hands out a file",
    "meetings-calendar": "hands out a file",
    "read-outs-export": "hands out a file",
    "promises-export": "hands out a file",
    "first": "leads each role to its own first page",
    "news": "a part of the desk's page",
    "notices-news": "a part of every page",
    "gate": "a part of the draft's page",
    "walk": "a part of every page of a demonstration",
    "download": "hands out a file",
    "evidence": "hands out a file",
    "correction": "shown where a correction came or left; its own tests open it",
    "upload": "answers the script that sends a file in parts; its own tests open it",
    "view": "leads to the list of cases with the filters that were saved",
    "cases-assigned": "shown in the middle of handing cases to a colleague; its own tests open it",
    "roots": "hands out a file",
    "objection": "shown of an objection that has left; its own tests open it",
    "review-export": "hands out a file",
    "review-log-export": "hands out a file",
    "review-year-file": "hands out a file",
    "directory-entry": "the form of a new entry, filled; its own tests open it",
    "directory-export": "hands out a file",
    "drugs-notices-export": "hands out a file",
    "text-signed": "hands out a file",
    "plan-file": "hands out a file",
    "indicators-export": "hands out a file",
    "plan-brought": "shown of a file that was brought; its own tests open it",
    "timeliness-export": "hands out a file",
    "registers-export": "hands out a file",
    "register-text": "hands out a file",
    "review-witness-request": "hands out a file",
    "cases-export": "hands out a file",
    "drugs-substance-export": "hands out a file",
    "drugs-substance-proposal": "shown of changes that were proposed; its own tests open it",
    "drugs-screening-flags": "hands out a file",
    "drugs-flows-table": "hands out a file",
    "drugs-incidents-export": "hands out a file",
    "drugs-suspicions-export": "hands out a file",
    "drugs-screening-refused": "hands out a file",
    "drugs-licences-export": "hands out a file",
    "drugs-screening-progress": "a part of a screening's page",
    "account_agency": "leads to the agency's identity provider, where one is configured; its own tests follow it",
    "account_agency_back": "leads on at once; its own tests open it",
    "account_agency_finish": "reads the identity provider's answer; its own tests open it",
    "mfa_authenticate": "shown in the middle of a sign-in with a second factor; its own tests open it",
    "mfa_reauthenticate": "shown to who has a second factor; its own tests open it",
    "mfa_deactivate_totp": "shown to who has an authenticator app; its own tests open it",
    "mfa_view_recovery_codes": "shown to who has a second factor; its own tests open it",
    "mfa_generate_recovery_codes": "shown to who has a second factor; its own tests open it",
    "mfa_login_webauthn": "answers the script of the sign-in page",
    "mfa_reauthenticate_webauthn": "shown to who has a passkey; its own tests open it",
    "mfa_remove_webauthn": "shown to who has a passkey; its own tests open it",
    "mfa_edit_webauthn": "shown to who has a passkey; its own tests open it",
}
"""Addresses that answer GET and are no page of their own, each with the reason."""


def opened_nodes(home: Path) -> dict[str, NodeProcess]:
    """Returns both nodes of a demonstration that was played into a folder, not started."""
    return {party: NodeProcess.opened(home / name) for party, name in HOMES.items()}


def places(nodes: Mapping[str, NodeProcess]) -> dict[str, str]:
    """Returns what stands in the addresses: the story's case and request, a draft, an approval, what India is asked.

    Args:
        nodes: Both nodes of a played story, running.
    """
    canada, india = nodes["CA"], nodes["IN"]
    found: Any = canada.call("GET", "/cases?limit=100", as_="liaison", expect=200).body
    story = next(case for case in found["items"] if case["title"] == specimens.CASE_TITLE)
    whole: Any = canada.call("GET", f"/cases/{story['id']}", as_="liaison", expect=200).body
    request = next(message for message in whole["messages"] if message["kind"] == "request")
    today = datetime.now(UTC).date()
    draft = _drafted(canada, specimens.first_request(today))
    approval = _drafted(canada, specimens.cured_request(today))
    canada.call("POST", f"/messages/{approval}/submit", as_="liaison", expect=200, body={"version": 1})
    queue: Any = india.call("GET", "/queue?limit=100", as_="duty", expect=200).body
    asked = next(row["message"] for row in queue["items"] if row["message"]["kind"] == "request")
    plan: Any = canada.call("GET", "/plans/IN", as_="policy", expect=200).body
    if plan["draft"] is None:
        canada.call("POST", "/plans/IN/draft", as_="policy", expect=201, body={"start": "template"})
    return {
        "case": str(story["own_ref"]),
        "request": str(request["id"]),
        "draft": draft,
        "approval": approval,
        "asked": str(asked["id"]),
        "question": _asked_for_permission(nodes, whole),
        "notice": _noticed(canada),
        **agreed_places(nodes),
        **screened_places(nodes),
    }


def _noticed(canada: NodeProcess) -> str:
    """Returns the notice of India to which Canada objected."""
    found: Any = canada.call("GET", "/drugs/notices?limit=100", as_="liaison", expect=200).body
    return next(str(one["message"]) for one in found["items"] if one["reply_result"] == "objection")


def _asked_for_permission(nodes: Mapping[str, NodeProcess], case: Any) -> str:  # Any: the story's case as JSON
    """Has Canada ask whether it may give India's answer to the media, and returns India's key of the question."""
    canada, india = nodes["CA"], nodes["IN"]
    answer = next(message for message in case["messages"] if message["kind"] == "answer")
    wanted = {
        "use": "media",
        "purpose": "prosecute",
        "recipient": "A newspaper (specimen)",
        "justification": "SPECIMEN. A public warning names the substance.",
    }
    draft = canada.call("POST", f"/messages/{answer['id']}/permission-request", as_="liaison", expect=201, body=wanted)
    let_leave(canada, draft, writer="liaison")

    def arrived() -> str:
        queue: Any = india.call("GET", "/queue?limit=100", as_="duty", expect=200).body
        found = (row["message"] for row in queue["items"] if row["message"]["kind"] == "permission-request")
        return next((str(message["id"]) for message in found), "")

    return str(wait_for(arrived, "the permission request to arrive"))


def _drafted(node: NodeProcess, fields: dict[str, object]) -> str:
    title = f"SPECIMEN: a picture's case {secrets.token_hex(2)}"
    body: dict[str, object] = {"peer": "IN", "theme": "precursors", "title": title}
    case = node.call("POST", "/cases", as_="liaison", expect=201, body=body)
    body = {"fields": fields, "own_side": specimens.request_own_side()}
    draft = node.call("POST", f"/cases/{case['id']}/requests", as_="liaison", expect=201, body=body)
    return str(draft["id"])
