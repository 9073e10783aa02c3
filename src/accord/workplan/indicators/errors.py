"""What can stop an officer's act on indicators."""

from accord.errors import OfficerCanMend

__all__ = ["DisputeRefused", "ReportRefused"]


class ReportRefused(OfficerCanMend):
    """These figures cannot be told to the other side."""

    code = "workplan.report-refused"
    default_next_step = "Choose a party with which a plan is signed, and a quarter that is over."


class DisputeRefused(OfficerCanMend):
    """This dispute cannot be opened or settled."""

    code = "workplan.dispute-refused"
    default_next_step = "Load the page again, and look at how both figures stand now."
    http_status = 409
