"""What the chapters of the story share: what it remembers, how it waits, and how a draft is let leave."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from accord.cli.demo.nodes import NodeProcess
from accord.errors import OurFault

__all__ = ["Story", "let_leave", "require", "state_of", "wait_for", "wait_until_filed", "word"]

PATIENCE_SECONDS: Final = 30.0
"""How long the story waits for what takes milliseconds on an idle machine."""

LOOK_AGAIN_SECONDS: Final = 0.01


def require(held: bool, sentence: str) -> None:
    """Raises unless what a step promises is so."""
    if not held:
        raise OurFault(sentence, code="demo.not-verified", next_step="Read the nodes' logs; this must not happen.")


def wait_for(what: Callable[[], Any], sentence: str) -> Any:  # Any: whatever is waited for
    """Returns what is waited for, once it is there and true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(LOOK_AGAIN_SECONDS)
    raise OurFault(f"Waited {PATIENCE_SECONDS:.0f} s in vain: {sentence}", code="demo.waited-in-vain")


@dataclass(kw_only=True)
class Story:
    """What the story remembers between its steps.

    Args:
        canada: The asking node.
        india: The answering node.
        folder: Where evidence bundles and root keys are written.
        roots: File of both parties' root keys.
        today: Day of the specimen dates.
    """

    canada: NodeProcess
    india: NodeProcess
    folder: Path
    roots: Path
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    case: str = ""
    request: str = ""
    request_there: str = ""
    case_there: str = ""
    answer: str = ""


def word(shown: Any) -> dict[str, str]:  # Any: the approval as JSON
    """Returns the digests that an approver gives back of what was shown."""
    return {name: str(shown[name]) for name in ("payload_digest", "facts_digest")}


def state_of(node: NodeProcess, message: str, as_: str) -> Any:  # Any: the message as JSON
    """Returns a message as a node shows it to an account."""
    return node.call("GET", f"/messages/{message}", as_=as_, expect=200).body


def wait_until_filed(node: NodeProcess, message: str, as_: str, what: str) -> None:
    """Waits until the other side has said that it filed a message."""
    wait_for(lambda: state_of(node, message, as_)["state"] == "filed", what)


def let_leave(node: NodeProcess, draft: Any, *, writer: str) -> str:  # Any: the draft as JSON
    """Submits a draft, has a second officer approve and release it, and returns its key.

    Args:
        node: The node.
        draft: The draft.
        writer: Role of who submits it.
    """
    path = f"/messages/{draft['id']}"
    node.call("POST", f"{path}/submit", as_=writer, expect=200, body={"version": draft["version"]})
    shown = node.call("GET", f"{path}/approval", as_="releasing", expect=200)
    node.call("POST", f"{path}/approve", as_="releasing", expect=200, body=word(shown))
    node.call("POST", f"{path}/release", as_="releasing", expect=200)
    return str(draft["id"])
