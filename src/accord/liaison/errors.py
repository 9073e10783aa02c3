"""What can be wrong with an act of this room."""

from accord.errors import OfficerCanMend

__all__ = ["AboveCeiling", "DelegationRefused", "LiaisonRefused", "PostingNotInForce", "RecordChanged"]


class LiaisonRefused(OfficerCanMend):
    """This act on a posting, the directory or a test call cannot be done as things stand."""

    code = "liaison.refused"
    default_next_step = "Open the page again and see how things stand."


class RecordChanged(LiaisonRefused):
    """A newer version of our record of a posting waits than the one that was read."""

    code = "liaison.record-changed"
    default_next_step = "Read the version that waits now, and settle that one."
    http_status = 409


class DelegationRefused(OfficerCanMend):
    """The posting of the officer does not allow that this message leaves."""

    code = "liaison.not-delegated"
    default_next_step = "Ask a colleague to draft it, or ask who may sign for our side to agree to a wider delegation."
    http_status = 403


class PostingNotInForce(DelegationRefused):
    """The posting of the officer is not in force."""

    code = "liaison.posting-not-in-force"
    default_next_step = "Ask a colleague to draft it; the posting counts from the day that both sides have signed."


class AboveCeiling(DelegationRefused):
    """The message is classified above the officer's clearance."""

    code = "liaison.above-ceiling"
    default_next_step = (
        "Ask a colleague whose clearance reaches it; who may sign for our side agrees to a higher ceiling."
    )
