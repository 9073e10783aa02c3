"""What a proven message says, for the eyes of who may read it: between its handling marks, nothing hidden.

Nothing is shown that is not proven to be its sender's, and every character that would hide, reorder or steer a
terminal is printed as its number.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from accord.channel.envelope import Body, Header
    from accord.channel.evidence import Verdict

__all__ = ["Content", "content_of"]

NEEDED: Final = ("integrity", "origin", "content")
"""Claims without which nothing is shown; a message without its receipt is still its sender's."""

HIDING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
RULE: Final = "=" * 78


@dataclass(frozen=True, kw_only=True)
class Content:
    """What can be shown of one bundle.

    Args:
        lines: The message, its handling marks first and last; none when it cannot be shown.
        members: The same for a script.
        reason: Why it cannot be shown.
    """

    lines: tuple[str, ...] = ()
    members: dict[str, Any] | None = None  # Any: the payload is JSON of any kind
    reason: str | None = None


def content_of(data: bytes, verdict: "Verdict") -> Content:
    """Returns what a bundle shows of its message.

    Args:
        data: The bundle's bytes.
        verdict: What was found to be proven of it.
    """
    from accord.channel.envelope import Body, Header
    from accord.channel.evidence import EvidenceBundle

    held = {claim.name for claim in verdict.claims if claim.ok}
    if any(claim.name == "two-histories" for claim in verdict.claims):
        return Content(reason="A proof of two logs holds no message.")
    if not {"integrity", "origin"} <= held:
        return Content(reason="The content is not shown: it is not proven who wrote it.")
    bundle = EvidenceBundle.decode(data)
    if bundle.body is None:
        return Content(
            reason="The content is not in the file: it was written with --without-content, or where the archive key "
            "was offline. Ask who made it for the whole bundle; no key opens it here."
        )
    if "content" not in held:
        return Content(reason="The content is not shown: it is not the one that the sender committed to.")
    return _shown(Header.decode(bundle.header), Body.decode(bundle.body))


def _shown(header: "Header", body: "Body") -> Content:
    from accord.vocabulary.handling import HANDLING_LABELS, Handling

    try:
        payload: Any = json.loads(body.payload)  # Any: each kind has its own fields
    except (ValueError, RecursionError):
        payload = None
    known = body.handling in set(Handling)
    mark = f"HANDLING {body.handling}: {HANDLING_LABELS[Handling(body.handling)] if known else 'a code unknown here'}"
    marks = [RULE, mark, *_markings(payload), RULE]
    head = [f"{body.kind} of {header.sender} to {header.recipient}, schema {body.schema}", ""]
    lines = list(_lines(payload)) if payload is not None else [f"{len(body.payload)} bytes that are no JSON text."]
    members = {"kind": body.kind, "schema": body.schema, "handling": body.handling, "payload": payload}
    return Content(lines=tuple(map(_visible, [*marks, *head, *lines, *marks])), members=members)


def _markings(payload: Any) -> Iterator[str]:  # Any: JSON
    if not isinstance(payload, dict):
        return
    classification = payload.get("classification")
    if isinstance(classification, dict):
        yield f"CLASSIFICATION {classification.get('own')} (equivalent: {classification.get('equivalent')})"
    for caveat in payload.get("caveats") or ():
        yield f"CAVEAT {caveat if isinstance(caveat, str) else json.dumps(caveat, ensure_ascii=False)}"


def _lines(value: Any, *, indent: int = 0) -> Iterator[str]:  # Any: JSON
    blank = "  " * indent
    if not isinstance(value, dict | list):
        yield str(value)
        return
    pairs = value.items() if isinstance(value, dict) else (("-", item) for item in value)
    for name, item in pairs:
        label = f"{blank}{name}" if name == "-" else f"{blank}{name}:"
        if isinstance(item, dict | list) and item:
            yield label
            yield from _lines(item, indent=indent + 1)
        else:
            first, *rest = str(item if isinstance(item, str) else json.dumps(item)).split("\n")
            yield f"{label} {first}"
            yield from (f"{blank}  {line}" for line in rest)


def _visible(line: str) -> str:
    return "".join(
        f"<U+{ord(one):04X}>" if unicodedata.category(one) in HIDING and one not in "\u200c\u200d" else one
        for one in line
    )
