"""Help in context on the pages of the agreement: postings, the dialogue, the workplan, indicators and the roster."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from accord.node.desk.help_page import PageHelp

__all__ = ["AGREEMENT_HELP"]

_COLLEAGUE: Final = _("A colleague of your office, or the releasing officer.")
_POLICY: Final = _("The policy lead of your office.")
_ROSTER_KEEPER: Final = _("Who keeps the roster: an officer with the role policy.")
_SIGNS: Final = _("Who may sign for our side.")

_HELP: Final[Mapping[str, PageHelp]] = {
    "agreement": PageHelp(
        what=_("What the two sides agreed to do together, by subject, with what waits."),
        can=_("Open a subject. A number beside its name says how much waits for our side."),
        next=_("What you open says what can be done there, and by whom."),
        who=_POLICY,
    ),
    "texts": PageHelp(
        what=_("Every text that both sides sign: what waits for us, what waits for them, and what is settled."),
        can=_("Open a text to read it, to sign it, or to answer it."),
        next=_("A text is in force once both logs hold both signatures over the same bytes."),
        who=_SIGNS,
    ),
    "text": PageHelp(
        what=_("One text: what it says, what it changes, who signed it, and what was asked about it."),
        can=_(
            "Sign it, ask a question, decline it, withdraw our offer, or end our consent from a day on. Who "
            "prepared it does not sign it."
        ),
        next=_(
            "The other side reads your signature or your words. Nobody can take a signature back; consent ends forward."
        ),
        who=_SIGNS,
    ),
    "liaison": PageHelp(
        what=_("The liaison officers of both sides: who is proposed, who is in force, and until when."),
        can=_("Open a posting, or propose one of ours to the other side."),
        next=_("A posting counts from the day that both sides signed, and ends by itself on its last day."),
        who=_POLICY,
    ),
    "posting": PageHelp(
        what=_("One posting: what both sides signed of it and, if it is ours, our own record."),
        can=_("Sign, ask, decline or recall by its text; propose a change; write or agree to our record."),
        next=_("The account that holds it may send what the record names, and ends with the posting."),
        who=_POLICY,
    ),
    "posting-new": PageHelp(
        what=_("The form of a posting that our side proposes."),
        can=_(
            "Say who is sent, by which agency, for which subjects and until when. Write nothing of home, family "
            "or clearance."
        ),
        next=_("Another officer signs it. It leaves then, and the host accepts it, asks or declines."),
        who=_POLICY,
    ),
    "posting-change": PageHelp(
        what=_("The form of a change of a posting, filled with what both sides signed."),
        can=_("Change what is to be otherwise, and prepare it."),
        next=_("What was signed before holds until both sides have signed the change."),
        who=_POLICY,
    ),
    "posting-record": PageHelp(
        what=_("What our side keeps of its own posting; none of it leaves this node."),
        can=_("Name the account, tick what it may send, set its ceiling, and write down conflicts of interest."),
        next=_("Another officer who may sign agrees to it; until then the version before counts."),
        who=_SIGNS,
    ),
    "directory": PageHelp(
        what=_("Who is competent for what on both sides, as each side published it."),
        can=_("Look up whom to call. Policy officers change our entries; one who may sign publishes them."),
        next=_("The other side sees our entries once they are published, and not before."),
        who=_POLICY,
    ),
    "directory-entry-new": PageHelp(
        what=_("One office of ours and the functions for which it answers."),
        can=_("Give its name in three languages, its telephone, and the hours at which somebody is there."),
        next=_("It is kept here until another officer publishes the directory."),
        who=_POLICY,
    ),
    "pings": PageHelp(
        what=_("Test calls of both sides: whether a person answers, and how soon."),
        can=_("Answer theirs with one button, send one now, or plan them."),
        next=_("After 30 minutes without an answer it is overdue, and whoever sent it is told."),
        who=_("The duty officer; on the other side, the duty desk of its directory."),
    ),
    "soil-acts": PageHelp(
        what=_("What either side asked to do on the other side's soil, and how each approval stands."),
        can=_("Open one, or ask for an approval for an officer of ours."),
        next=_("Without an approval that both sides signed nothing is done there."),
        who=_POLICY,
    ),
    "soil-act-new": PageHelp(
        what=_("The question whether one of our officers may act on the other side's soil."),
        can=_("Say what exactly is to be done, where, when, why, and with which authority of the host."),
        next=_("Another officer signs it; the host then signs, sets conditions or declines."),
        who=_POLICY,
    ),
    "soil-act": PageHelp(
        what=_("One approval: what is asked, under which conditions, and until when."),
        can=_("As the host, sign or decline it by its text, or offer it back with conditions."),
        next=_("Once both sides have signed, it holds until its last day. Either side may end it before."),
        who=_SIGNS,
    ),
    "statement-new": PageHelp(
        what=_("The beginning of a statement that both sides will negotiate."),
        can=_("Write its title in each language in which it is to be signed."),
        next=_("Nothing leaves. You write clauses, and send each when your team wants it."),
        who=_POLICY,
    ),
    "statement": PageHelp(
        what=_("One statement, clause by clause: what is agreed, and where two wordings stand."),
        can=_("Open the clause that waits for us, write a new one, or see what is left before signing."),
        next=_("When every clause is agreed without brackets, the text is prepared and both sides sign it."),
        who=_POLICY,
    ),
    "clause-new": PageHelp(
        what=_("The form of a clause that the other side has not seen."),
        can=_("Write it in each language of the title, and put words that are open in square brackets."),
        next=_("It stays with your team until it is sent."),
        who=_POLICY,
    ),
    "promises": PageHelp(
        what=_("The sentences of the signed text that commit somebody to something."),
        can=_("Confirm each, say how strong its verb is, who leads on each side, and until when."),
        next=_("What is confirmed can be taken along as a table. The signed text never changes."),
        who=_POLICY,
    ),
    "series-new": PageHelp(
        what=_("The beginning of a series of meetings of one level with the other side."),
        can=_("Say who meets, and name the series in at least one language."),
        next=_("You can then plan its meetings. It is our own record; nothing is sent."),
        who=_POLICY,
    ),
    "meeting-new": PageHelp(
        what=_("The form of a meeting of a series."),
        can=_("Say when and where it begins, who chairs, and which functions come. Name no persons."),
        next=_("Agenda, papers, decisions and action items are added on its page."),
        who=_POLICY,
    ),
    "meeting": PageHelp(
        what=_("Our own record of one meeting: agenda, papers, decisions and action items."),
        can=_("Add what is missing, say that it was held, and mark action items that are done."),
        next=_("Nothing of it is sent. What both sides are to hold is agreed in a statement."),
        who=_POLICY,
    ),
    "indicators": PageHelp(
        what=_("What each side counted in a quarter of what the plan promises, side by side."),
        can=_("Choose a quarter, open a figure that differs, and take the figures along. Who may sign reports ours."),
        next=_("The figures are counted anew by themselves. Small ones are kept back, so that they name nobody."),
        who=_POLICY,
    ),
    "indicator": PageHelp(
        what=_("One indicator: what is counted, of what, both figures, and the entries behind ours."),
        can=_("See what may explain a difference, and record a dispute or how it was settled."),
        next=_("A dispute stays on our side. Raise it with the other side in the dialogue."),
        who=_POLICY,
    ),
    "plans": PageHelp(
        what=_("The workplans of our side, one for each other party."),
        can=_("Open the plan with a party."),
        next=_("It shows the signed revision, and says where a proposal waits."),
        who=_POLICY,
    ),
    "plan": PageHelp(
        what=_("The plan as it was signed, or a proposal: the line at the top says which, and whose."),
        can=_("Look for actions by pillar, agency, status or day, print it, or take it as a file."),
        next=_("Only the signed revision sets time limits and ceilings on both nodes."),
        who=_POLICY,
    ),
    "plan-print": PageHelp(
        what=_("The whole plan on one page, for paper."),
        can=_("Print it with the browser, or go back to the plan."),
        next=_("The print names you, the moment, and which text it is."),
        who=_POLICY,
    ),
    "plan-board": PageHelp(
        what=_("The actions of the plan by where they stand."),
        can=_("In the working draft, open a card and say where it stands and why."),
        next=_("What you say is in our draft, and counts when both sides have signed it."),
        who=_POLICY,
    ),
    "plan-timeline": PageHelp(
        what=_("What begins and falls due when, with the owners of both sides and what depends on what."),
        can=_("Choose the months and filter. The table below says the same in words."),
        next=_("Days are changed in the working draft, and signed by both sides."),
        who=_POLICY,
    ),
    "plan-calendar": PageHelp(
        what=_("The days of a month on which something of the plan falls due, and our meetings with the other side."),
        can=_("Go to another month, open an entry, or take all due days into your calendar program."),
        next=_("The file does not follow later changes: take it again when a new revision is signed."),
        who=_POLICY,
    ),
    "plan-brief": PageHelp(
        what=_("One page for who has two minutes: how far things are, what is stuck, what comes next."),
        can=_("Choose the language, print it, or take it as PDF."),
        next=_("It is made anew each time from the plan as it stands."),
        who=_POLICY,
    ),
    "plan-compare": PageHelp(
        what=_("What is different between two texts of the plan, entry by entry, in words."),
        can=_("Choose a text before and one after; narrow it to one part."),
        next=_("Nothing is changed here."),
        who=_POLICY,
    ),
    "plan-history": PageHelp(
        what=_("Every text of the plan with its signatures, and every save of our draft."),
        can=_("Read any of them, see what it changed, or bring an earlier save of our draft back."),
        next=_("What was signed is never changed or removed."),
        who=_POLICY,
    ),
    "plan-draft": PageHelp(
        what=_("The working draft of our side: what is to be mended, and its last saves."),
        can=_("Write items, mend what is listed, merge what the other side offers, and prepare it for signing."),
        next=_("Another officer signs and offers what you prepared. Until then nothing leaves."),
        who=_POLICY,
    ),
    "plan-act": PageHelp(
        what=_("A save that met a colleague's save in the same fields."),
        can=_("Choose for each field which of the two stays, and save."),
        next=_("Both versions stay in the history."),
        who=_COLLEAGUE,
    ),
    "plan-promises": PageHelp(
        what=_("Commitments of signed statements that our draft may take over."),
        can=_("Tick those that the plan is to hold, and choose the pillar under which they stand."),
        next=_("Each stands in the draft with its sentence. Then say in its form who answers for it."),
        who=_POLICY,
    ),
    "plan-terms": PageHelp(
        what=_("The plan as a whole: title, languages, first day, time limits, ceilings and open subjects."),
        can=_("Change them in our draft. Leave a table empty where the plan is to say nothing."),
        next=_("Once both sides have signed, both nodes keep these limits from the first day on."),
        who=_POLICY,
    ),
    "plan-new": PageHelp(
        what=_("The form of a new entry of our draft."),
        can=_("Write it in three languages with the same numbers and days, and say who answers for it on each side."),
        next=_("It gets a code of its own, and counts when both sides have signed."),
        who=_POLICY,
    ),
    "plan-item": PageHelp(
        what=_("One entry of our draft."),
        can=_("Change its words, days, owners and status, move it, or take it out."),
        next=_("Each save stands in the history and can be brought back."),
        who=_POLICY,
    ),
    "plan-merge": PageHelp(
        what=_("What the other side offers, laid over our draft."),
        can=_("Where both changed one field, choose whose words stay; then merge."),
        next=_("The result is our draft. The offer itself still waits for our answer."),
        who=_POLICY,
    ),
    "roster-post": PageHelp(
        what=_("One desk: its shifts in the time of its own place."),
        can=_("Read its shifts. Who keeps the roster adds shifts, ends them, and can undo it."),
        next=_("The roster and its gaps follow at once."),
        who=_ROSTER_KEEPER,
    ),
    "roster-handovers": PageHelp(
        what=_("Handover notes: those that wait for a signature first."),
        can=_("Open the one that waits for you, read it, and sign it if you take the watch."),
        next=_("A note that waits longer than 30 minutes is told to others."),
        who=_COLLEAGUE,
    ),
}

AGREEMENT_HELP: Final[Mapping[str, PageHelp]] = {**_HELP, "directory-entry": _HELP["directory-entry-new"]}
"""The help of each page of the agreement by the name of its address."""
