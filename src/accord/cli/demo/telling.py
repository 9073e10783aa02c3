"""Steps of what both sides tell: read-outs of a statement in three columns, and indicators that move by answers.

A read-out is each side's own; it is compared with the text that both signed, and no text is edited to fit another.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from accord.cli.demo import specimens
from accord.cli.demo.desk import Seat
from accord.cli.demo.nodes import NodeProcess, run_accord
from accord.cli.demo.playing import Story, let_leave, require, wait_for, wait_until_filed
from accord.cli.demo.timeline import Timeline

__all__ = ["play_figures", "play_read_outs"]

OURS: Final = "Both sides intend to answer urgent requests within three days."
THEIRS: Final = "Both sides will answer urgent requests within three days."
ADDED: Final = "The officials thanked each other (specimen)."
PLACES: Final = {"canada": "https://example.org/canada/read-out", "india": "https://example.org/india/read-out"}
"""Addresses of specimen pages (RFC 2606): nothing is fetched from there."""

ANSWERED: Final = 5
"""Further requests that are answered: with the one of the first story more than the plan's smallest cell."""

WITHIN: Final = "answers.within-clock"


def play_read_outs(story: Story, timeline: Timeline, statement: str) -> None:
    """Plays how each side publishes its read-out, and how both are compared with what was signed.

    Args:
        story: The story.
        timeline: Its timeline.
        statement: Key of the signed statement.
    """
    page = f"/desk/dialogue/statements/{statement}/read-outs"
    here, there = Seat(story.canada, "policy"), Seat(story.india, "policy")
    with timeline.step("read-outs", "Each side writes its own read-out, private until it is published") as saw:
        reader = Seat(story.canada, "signatory")
        _keep(here, page, f"{OURS} {ADDED}")
        require(ADDED not in reader.read(page), "Who is not of the team reads a read-out that is not published.")
        _publish(here, page, story, "canada")
        require(ADDED in reader.read(page), "A published read-out is not shown to every reader.")
        _keep(there, page, THEIRS)
        fields = _published(story, "india")
        stopped = there.is_refused(page, fields, to=f"{page}/act")
        require(stopped, "A read-out that contradicts the signed text was published without a word.")
        there.send(page, {**fields, "despite": "yes"}, to=f"{page}/act")
        saw("India's says 'will' where both signed 'intend'; it was published once that was said to be meant.")
    with timeline.step("read-outs-compared", "Canada reads agreed, ours and theirs in three columns") as saw:
        theirs = {"act": "theirs", "language": "en", "text": THEIRS, "url": PLACES["india"]}
        here.send(page, {**theirs, "published_on": story.today.isoformat()}, to=f"{page}/act")
        suggested = here.read(f"{page}/en.csv")
        require(f"{THEIRS} [stronger verb ?]" in suggested, f"Nothing was suggested: {suggested[-400:]}")
        for number in (0, 1):
            _confirm(here, page, number)
        columns = here.read(f"{page}/en.csv")
        for told in (f"{OURS} [verbatim]", f"{THEIRS} [stronger verb]", f"{ADDED} [added"):
            require(told in columns, f"The columns do not say: {told}")
        saw("Ours: verbatim, and one sentence added. Theirs: a stronger verb. Both links confirmed by a person.")


def _keep(seat: Seat, page: str, text: str) -> None:
    seat.send(page, {"act": "keep", "language": "en", "text": text}, to=f"{page}/act")


def _published(story: Story, side: str) -> dict[str, str]:
    return {"act": "publish", "language": "en", "url": PLACES[side], "published_on": story.today.isoformat()}


def _publish(seat: Seat, page: str, story: Story, side: str) -> None:
    seat.send(page, _published(story, side), to=f"{page}/act")


_LINK: Final = re.compile(
    r'name="read_out" value="(\d+)"><input type="hidden" name="sentence" value="(\d+)">(.*?)</form>', re.DOTALL
)
_CHOSEN: Final = re.compile(r'<option value="([^"]+)" selected')


def _confirm(seat: Seat, page: str, number: int) -> None:
    """Confirms the suggested link of the first sentence of ours (0) or of theirs (1)."""
    links = [
        (read_out, sentence, chosen[1])
        for read_out, sentence, form in _LINK.findall(seat.read(page))
        if (chosen := _CHOSEN.search(form)) is not None
    ]
    require(len(links) == 2, f"There are {len(links)} sentences with an agreed one, not two.")
    read_out, sentence, agreed = links[number]
    fields = {"act": "confirm", "language": "en", "read_out": read_out, "sentence": sentence, "agreed": agreed}
    seat.send(page, {**fields, "tag": ""}, to=f"{page}/act")


def play_figures(story: Story, timeline: Timeline) -> None:
    """Plays how an indicator of the signed plan is kept back while it is of few, and is told once enough was answered.

    Args:
        story: The story, after both have signed the plan.
        timeline: Its timeline.
    """
    with timeline.step("indicators-before", "The plan's indicators are counted from Canada's own log") as saw:
        before = _indicators(story.canada, "IN")
        first = _within(before)
        saw(f"{first['id']} {first['title']}: {_words(first)}; a figure of too few would tell of one request.")
    with timeline.step("indicators-move", f"India answers {ANSWERED} further requests, and the figures move") as saw:
        for item in _open_requests(story.india)[:ANSWERED]:
            _answer(story, item)
        after = _indicators(story.canada, "IN")
        now = _within(after)
        counted = ANSWERED + (int(first["denominator"]) if first["denominator"] is not None else 1)
        require(now["standing"] == "told", f"The indicator is still {now['standing']}.")
        require(
            now["denominator"] == now["numerator"] == counted,
            f"{now['numerator']} of {now['denominator']} were answered in time, not {counted} of {counted}.",
        )
        pairs = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
        saw("; ".join(f"{other['id']} {_words(one)} → {_words(other)}" for one, other in pairs))
    with timeline.step("indicators-agree", "India's own log gives the same figures") as saw:
        theirs = wait_for(lambda: _same(_indicators(story.india, "CA"), after), "India's figures to be the same")
        saw(f"{len(theirs)} indicators, counted on each node from its own log.")


def _indicators(node: NodeProcess, peer: str) -> list[dict[str, Any]]:  # Any: JSON
    account = node.accounts["policy"]
    said = run_accord(
        ["plan", "indicators", peer, "--json", "--as", account["username"]],
        home=node.home,
        passphrase=node.passphrase,
        password=account["password"],
    )
    return list(json.loads(said)["figures"])


def _same(theirs: list[dict[str, Any]], ours: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:  # Any: JSON
    """Returns their figures once they say what ours do; their times may differ by what a message takes."""
    told = ("id", "standing", "numerator", "denominator")
    return theirs if [[one[name] for name in told] for one in theirs] == [
        [one[name] for name in told] for one in ours
    ] else []  # fmt: skip


def _within(figures: Sequence[dict[str, Any]]) -> dict[str, Any]:  # Any: JSON
    found = next((one for one in figures if one["definition"] == WITHIN), None)
    require(found is not None, "The plan has no indicator of requests answered within their clock.")
    return found or {}


def _words(figure: dict[str, Any]) -> str:  # Any: JSON
    if figure["figure"] is None:
        return str(figure["standing"])
    of = "" if figure["denominator"] is None else f" of {figure['denominator']}"
    return f"{figure['figure']} {figure['unit']}{of}"


def _open_requests(node: NodeProcess) -> list[Any]:  # Any: rows of the queue as JSON
    page: Any = node.call("GET", "/queue?limit=100", as_="duty", expect=200).body
    found = [
        one
        for one in page["items"]
        if one["message"]["kind"] == "request" and (one["message"]["clock"] or {}).get("state") == "running"
    ]
    require(len(found) >= ANSWERED, f"Only {len(found)} requests wait for an answer.")
    return found


def _answer(story: Story, item: Any) -> None:  # Any: a row of the queue as JSON
    india = story.india
    india.call("POST", f"/cases/{item['case']['id']}/take", as_="duty", expect=200, body={})
    draft = india.call(
        "POST",
        f"/messages/{item['message']['id']}/answer",
        as_="duty",
        expect=201,
        body={"fields": specimens.answer_draft(story.today), "own_side": specimens.answer_own_side(story.today)},
    )
    wait_until_filed(india, let_leave(india, draft, writer="duty"), "duty", "the answer to be filed")
