"""A page that was opened before the case changed: an act that ends or moves a case asks for a second look then.

The services keep out what must not be, such as an act on a closed case. This keeps out what may be and was not meant:
closing a case into which an answer came after the page was opened.
"""

from accord.exchange.errors import ActRefused
from accord.exchange.models import Case

__all__ = ["CODE", "require_seen", "seen_state"]

CODE = "desk.case-moved"


def seen_state(case: Case) -> str:
    """Returns what a form remembers of the case as it was shown."""
    return f"{case.changed_at.isoformat()}~{case.holder_id or ''}~{case.state}"


def require_seen(case: Case, seen: str) -> None:
    """Raises when the case is another than the officer saw; a form that remembers nothing is not held up.

    Raises:
        ActRefused: It changed meanwhile.
    """
    if seen and seen != seen_state(case):
        raise ActRefused(
            "The case changed after you opened its page.",
            code="desk.case-moved",
            next_step="Look at the case as it stands now. Then do it all the same, or leave it.",
        )
