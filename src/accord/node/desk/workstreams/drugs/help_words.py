"""Help in context on the pages of the drugs workstream."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from accord.node.desk.help_page import PageHelp

__all__ = ["HELP"]

_COLLEAGUE: Final = _("A colleague of your office, or the releasing officer.")
_SCREENS: Final = _("A colleague who works on cases, or the operator of this node for large files.")

_COUNSEL: Final = _("Counsel of your office.")

HELP: Final[Mapping[str, PageHelp]] = {
    "drugs": PageHelp(
        what=_("The parts of the work on precursor chemicals, each with what waits for you."),
        can=_("Open a part."),
        next=_("What you open says what can be done there, and by whom."),
        who=_COLLEAGUE,
    ),
    "drugs-substances": PageHelp(
        what=_("Which substance is controlled where on a day, and where the two sides of an export differ."),
        can=_("Choose the day and both sides, open a row, take the tables along; who may propose proposes a change."),
        next=_("What two officers agreed to is what the law gate and the screening go by from then on."),
        who=_COUNSEL,
    ),
    "drugs-substance": PageHelp(
        what=_("One row of the register: what it says, whether its source was read, and every version of it."),
        can=_("Read who proposed and who agreed. Who may propose proposes the next version, or to take it out."),
        next=_("A version is never changed: the next one takes its place, and the history stays."),
        who=_COUNSEL,
    ),
    "drugs-substance-new": PageHelp(
        what=_("The form in which a row of the register is proposed."),
        can=_("Fill in what the source says, and say whether you read the source itself."),
        next=_("Another officer agrees or refuses. Until then nothing of it counts."),
        who=_COUNSEL,
    ),
    "drugs-substance-import": PageHelp(
        what=_("A table of the register that was changed outside, and comes back."),
        can=_("Choose the file, look at what it would change, and propose that. Bad cells are named."),
        next=_("All of its changes wait together for another officer."),
        who=_COUNSEL,
    ),
    "drugs-substance-proposal": PageHelp(
        what=_("Changes of the register that one officer proposed together, each beside what stood before."),
        can=_("Agree to them or refuse them as another officer; take back your own."),
        next=_("What was agreed to counts at once, for every draft and every screening from then on."),
        who=_COUNSEL,
    ),
    "drugs-write": PageHelp(
        what=_("The beginning of a notice before export, an incident or a suspicious transaction."),
        can=_("Choose what you write. In a new case, give it a title and say with whom."),
        next=_("The draft opens, addressed to the authority that is competent for it. You can address another."),
        who=_COLLEAGUE,
    ),
    "drugs-notices": PageHelp(
        what=_("Notices before export of either side: how long each waits for a word, and what was said to it."),
        can=_("Filter them, open one, take the list along as a table, or write a new one."),
        next=_("Each goes on until a reply comes or the time is over. Silence is shown as silence."),
        who=_COLLEAGUE,
    ),
    "drugs-notice": PageHelp(
        what=_(
            "One consignment: the notice, what was said to it, the permits, its way, incidents, and what became of it."
        ),
        can=_("Reply to a notice of theirs, say what became of the consignment, or report an incident with it."),
        next=_(
            "What you begin opens as a draft that says what the notice says. Nothing leaves before it was approved."
        ),
        who=_COLLEAGUE,
    ),
    "drugs-incidents": PageHelp(
        what=_("Incidents with precursors that either side told of: what happened, when, where, with which substance."),
        can=_("Filter them, open a case or a draft, take the list along as a table, or report an incident."),
        next=_("What is drafted leaves after approval and release. What the other side answers stands in the case."),
        who=_COLLEAGUE,
    ),
    "drugs-suspicions": PageHelp(
        what=_(
            "Transactions in precursors that either side told of as suspicious. Who reported them stands nowhere here."
        ),
        can=_("Filter them, open a case or a draft, take the list along as a table, or report a transaction."),
        next=_("What is drafted leaves after approval and release. Tell neither the company nor the dealer."),
        who=_COLLEAGUE,
    ),
    "drugs-screenings": PageHelp(
        what=_("Manifests that were held against the register and the rules, the newest first."),
        can=_("Bring a manifest, follow how far it is, and open one to see its flags."),
        next=_("The node screens it line by line; what it flags and what it cannot read stands there at once."),
        who=_SCREENS,
    ),
    "drugs-screening": PageHelp(
        what=_("One manifest: how far it is, the lines worth a look, and the lines that could not be read."),
        can=_("Filter the flags, tick several and mark them true or false, or open one. Stop it, or let it go on."),
        next=_("Marks tell how good each rule is. A mark can be taken back."),
        who=_SCREENS,
    ),
    "drugs-flag": PageHelp(
        what=_("One line that rules found worth a look: what it says, why, and what it costs to be wrong."),
        can=_("Mark it true or false with a reason, or begin a message about it."),
        next=_("A message opens as a draft, filled from this line. Nothing leaves before it was approved."),
        who=_SCREENS,
    ),
    "drugs-flag-follow": PageHelp(
        what=_("The choice of the case in which a message about a flagged line is drafted."),
        can=_("Take a new case or one at hand, and begin the draft."),
        next=_("The draft opens. What the line and its reasons say stands in it and can be changed."),
        who=_SCREENS,
    ),
    "drugs-licences": PageHelp(
        what=_("The licences of companies that the office has on file, with what each permits and until when."),
        can=_("Bring a table of an authority, take a licence out, or put it back."),
        next=_("Screenings that begin from then on compare the papers with what stands here."),
        who=_SCREENS,
    ),
    "drugs-screening-rules": PageHelp(
        what=_("How often each rule was right, by what officers said, and what other weights would change."),
        can=_("Compare the rules. Who may propose to the registers proposes weights; a second officer agrees."),
        next=_("Weights that were agreed to count for screenings that begin from then on."),
        who=_("Counsel of your office."),
    ),
    "drugs-flows": PageHelp(
        what=_("What the pre-export notices come to: by month, by substance, and by route on a map."),
        can=_("Filter, open one substance or route, open the cases behind the figures, and download the tables."),
        next=_("The figures follow the notices, the replies to them and the outcomes; nothing is entered here."),
        who=_COLLEAGUE,
    ),
    "drugs-companies": PageHelp(
        what=_("Where a company is named in notices, incidents and suspicious transactions."),
        can=_("Look for a company by a part of its name, in any spelling, and open its history."),
        next=_("A company is found from the first message that names it."),
        who=_COLLEAGUE,
    ),
    "drugs-company": PageHelp(
        what=_("Every message that names this company, as what, and what became of the consignment."),
        can=_("Open the cases. Compare addresses there: two companies may bear one name."),
        next=_("The history grows with each message that names it, in cases that you may read."),
        who=_COLLEAGUE,
    ),
    "drugs-consignees": PageHelp(
        what=_("Who receives in two notices or more, from different exporters or of different substances."),
        can=_("Open the company, or the cases of its notices."),
        next=_("It is no suspicion: an inquiry begins with a request in the case."),
        who=_COLLEAGUE,
    ),
    "drugs-gaps": PageHelp(
        what=_("Notices whose consignment was not told to have come, and what came without a notice."),
        can=_("Choose the days of grace, and open the cases to ask the other side."),
        next=_("A notice goes from the list when an outcome says what became of it."),
        who=_COLLEAGUE,
    ),
}
"""The help of each page by the name of its address."""
