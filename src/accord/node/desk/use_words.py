"""What the uses of a received message are called at the desk, and what each choice of the form means."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accord.vocabulary.uses import UseCode

__all__ = ["ASKED", "MARKS", "PERMITTED", "RECORDED", "RESULTS", "SUSPICIONS", "USES"]

# Any: lazy translations.
USES: Final[dict[str, Any]] = {
    UseCode.LEAD.value: _("Follow it as a lead"),
    UseCode.DEPRIVE_OF_RIGHTS.value: _("Act on it against somebody's rights or freedom"),
    UseCode.FORWARD.value: _("Forward it inside our agency"),
    UseCode.OTHER_AGENCY.value: _("Give it to another agency of ours"),
    UseCode.COURT.value: _("Bring it into court"),
    UseCode.THIRD_STATE.value: _("Pass it to a third state"),
    UseCode.MEDIA.value: _("Give it to the media"),
    UseCode.ASYLUM_BODY.value: _("Give it to a body that decides on asylum"),
    UseCode.ACCESS_REQUEST.value: _("Give it to an applicant for access to information"),
}
"""Acts that an officer states in the form."""

TAKEN: Final[dict[str, Any]] = {
    UseCode.OPEN.value: _("Open a file of it"),
    UseCode.PRINT.value: _("Print it"),
    UseCode.EXPORT.value: _("Take it out as a file"),
}
"""Acts that are asked of the gate where they are done: on the print view, and at each download."""

ASKED: Final[dict[str, Any]] = {**USES, **TAKEN}
"""All acts: a permission may be asked for each."""

RECORDED: Final[dict[str, Any]] = {**ASKED, UseCode.PRINT.value: _("Open its print view")}
"""All acts as they stand on record: that a page to print was opened is known, and not whether paper came of it."""

PERMITTED: Final[dict[str, Any]] = {
    UseCode.OPEN.value: pgettext_lazy("caveat", "opening a file of it"),
    UseCode.LEAD.value: pgettext_lazy("caveat", "following it as a lead"),
    UseCode.DEPRIVE_OF_RIGHTS.value: pgettext_lazy(
        "permitted use", "acting on it against somebody's rights or freedom"
    ),
    UseCode.FORWARD.value: pgettext_lazy("caveat", "forwarding it inside the agency that received it"),
    UseCode.OTHER_AGENCY.value: pgettext_lazy("caveat", "giving it to another agency of the same state"),
    UseCode.COURT.value: pgettext_lazy("caveat", "bringing it into court"),
    UseCode.THIRD_STATE.value: pgettext_lazy("caveat", "passing it to a third state"),
    UseCode.MEDIA.value: pgettext_lazy("caveat", "giving it to the media"),
    UseCode.ASYLUM_BODY.value: pgettext_lazy("caveat", "giving it to a body that decides on asylum"),
    UseCode.ACCESS_REQUEST.value: pgettext_lazy("caveat", "giving it to an applicant for access to information"),
    UseCode.EXPORT.value: pgettext_lazy("caveat", "taking it out as a file"),
    UseCode.PRINT.value: pgettext_lazy("caveat", "printing it"),
}
"""Acts as a caveat permits them, whichever side reads it."""

SUSPICIONS: Final[dict[str, Any]] = {
    "unknown": _("Not known"),
    "no": _("No"),
    "possible": _("Possible"),
    "likely": _("Likely"),
}
RESULTS: Final[dict[str, Any]] = {
    "granted": _("Granted"),
    "granted-with-conditions": _("Granted with conditions"),
    "denied": _("Denied"),
}
MARKS: Final[dict[str, Any]] = {
    "page": _("marked on every page"),
    "cover": _("with a cover sheet"),
    "headers": _("marked in its envelope"),
}
"""Where the mark of a use was laid in."""
