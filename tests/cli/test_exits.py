import pytest

from accord.cli.exits import ExitCode, exit_code_for
from accord.errors import AccordError, LawRefuses, NotAvailableNow, OfficerCanMend, OurFault, PeerFault, TrustFails


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LawRefuses("x"), 1),
        (TrustFails("x"), 1),
        (PeerFault("x"), 1),
        (OfficerCanMend("x"), 2),
        (NotAvailableNow("x"), 3),
        (OurFault("x"), 4),
    ],
)
def test_the_exit_code_says_who_must_act(error: AccordError, code: int) -> None:
    assert exit_code_for(error) == code


def test_a_kind_of_error_that_is_new_counts_as_our_fault_until_somebody_decides() -> None:
    class Unheard(AccordError):
        pass

    assert exit_code_for(Unheard("x")) is ExitCode.OUR_FAULT
