"""The exit codes a script may rely on, and how each kind of error maps to one.

=====  ===========================================================================================
code   meaning
=====  ===========================================================================================
0      done, and everything that was to be verified held
1      not verified, or refused: by the law, by the peer's proof, by a decision
2      the words or the input need mending: usage, missing file, unknown name, wrong passphrase or password
3      not available now: peer, disk, key store or database does not answer; try again
4      our fault: this node is broken or misconfigured; its operator must act
5      the channel is frozen, or this command froze it: two histories are proven; two officers must look
130    interrupted from the keyboard
=====  ===========================================================================================
"""

from enum import IntEnum
from typing import Final

from accord.errors import AccordError, LawRefuses, NotAvailableNow, OfficerCanMend, PeerFault, TrustFails

__all__ = ["ExitCode", "exit_code_for"]


class ExitCode(IntEnum):
    """Exit codes of the ``accord`` command."""

    DONE = 0
    NOT_VERIFIED = 1
    USAGE = 2
    NOT_AVAILABLE = 3
    OUR_FAULT = 4
    FROZEN = 5
    INTERRUPTED = 130


BY_CODE: Final = {
    "channel.frozen": ExitCode.FROZEN,
    # Who typed or forgot the passphrase mends it, whether it is missing, too short or another one.
    "parties.key-file-closed": ExitCode.USAGE,
    "parties.passphrase-missing": ExitCode.USAGE,
    "parties.passphrase-weak": ExitCode.USAGE,
}
"""Codes for which somebody else must act at the command line than the kind of error says."""


def exit_code_for(error: AccordError) -> ExitCode:
    """Returns the exit code of an error: who must act decides."""
    if error.reason_code in BY_CODE:
        return BY_CODE[error.reason_code]
    match error:
        case LawRefuses() | TrustFails() | PeerFault():
            return ExitCode.NOT_VERIFIED
        case OfficerCanMend():
            return ExitCode.USAGE
        case NotAvailableNow():
            return ExitCode.NOT_AVAILABLE
        case _:
            return ExitCode.OUR_FAULT
