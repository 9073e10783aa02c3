"""Help in context: what a page is, what one can do there, what happens next, and who can help."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from accord.node.desk.agreement_help import AGREEMENT_HELP
from accord.node.desk.help_page import PageHelp
from accord.node.desk.workstreams import modules_named

__all__ = ["GENERAL", "HELP"]

_ADMINISTRATOR: Final = _("The administrator of this node.")
_COLLEAGUE: Final = _("A colleague of your office, or the releasing officer.")
_ROSTER_KEEPER: Final = _("Who keeps the roster: an officer with the role policy.")
_COUNSEL: Final = _("Counsel of your office.")
_GATE: Final = _("Who the gate names under Who decides, or counsel of your office.")

GENERAL: Final = PageHelp(
    what=_("A page of the officers' desk."),
    can=_("What its buttons say. A button that you do not see is for another role."),
    next=_("After each act a line at the top says what was done."),
    who=_ADMINISTRATOR,
)

HELP: Final[Mapping[str, PageHelp]] = {
    "queue": PageHelp(
        what=_("Your open cases in one list. What is due first stands at the top."),
        can=_("Take a new request, go on with a draft, or open a case. The numbers above the list are filters."),
        next=_("When something arrives, a line says how many. The list does not move until you ask it to."),
        who=_COLLEAGUE,
    ),
    "parked": PageHelp(
        what=_("Messages that have arrived and could not be opened or filed. Nothing of what they say is shown."),
        can=_("Read why each waits and what to do about it. Once its cause is gone, try it again."),
        next=_("It is filed in its case, or stays here with its reason. The other side is told either way."),
        who=_("The operator of this node; where the law stops it, who the gate names under Who decides."),
    ),
    "cases": PageHelp(
        what=_("Every case of this node, open and closed, the newest first."),
        can=_("Filter it; the filters stand in the address, so you can keep or send it. Take several cases at once."),
        next=_("A case that you take is held by you, and only you answer in it."),
        who=_COLLEAGUE,
    ),
    "search": PageHelp(
        what=_("Words of messages, files, titles, notes and questions, of the cases that you may read."),
        can=_("Look for words, names or references in any script, and narrow it by subject, party and day."),
        next=_("A hit opens where its words stand."),
        who=_COLLEAGUE,
    ),
    "case-team": PageHelp(
        what=_("Who reads this case besides its scope, since when, and on whose word."),
        can=_("If you hold it or release messages, take colleagues in or out, or keep it to its team."),
        next=_("Each change stands in the case's timeline with its reason."),
        who=_("The colleague who holds the case; their name stands under the title."),
    ),
    "break-in": PageHelp(
        what=_("The way into a case that you do not read, for what cannot wait."),
        can=_("Give its reference and say what cannot wait."),
        next=_("It is open to you for a day. Its holder and the reviewers are told, with your reason."),
        who=_COLLEAGUE,
    ),
    "new-case": PageHelp(
        what=_("The beginning of a case of ours."),
        can=_("Give it a title for your own list, choose with whom and about what, and begin writing."),
        next=_("A draft opens. Nothing leaves before a second officer has released it."),
        who=_COLLEAGUE,
    ),
    "case": PageHelp(
        what=_("One matter between us and the other side, with everything that was said and done."),
        can=_("Take it, ask an agency of our own side, answer, refuse, delay, hand it over, or close it."),
        next=_("The clock runs from the receipt, day and night. It ends with your answer."),
        who=_("The colleague who holds the case; their name stands under the title."),
    ),
    "draft": PageHelp(
        what=_("A message that has not been released. It is kept while you write."),
        can=_("Fill the fields, mend what the gate names, and ask a colleague to approve it."),
        next=_("A second officer reads exactly what will leave. You cannot approve or release it yourself."),
        who=_GATE,
    ),
    "reply": PageHelp(
        what=_("The beginning of a reply to what the other side wrote."),
        can=_("Say what kind of reply it is, and begin the draft."),
        next=_("A draft opens, with the fields that the request already answers."),
        who=_COLLEAGUE,
    ),
    "use": PageHelp(
        what=_("A use of what the other side sent, beyond reading and filing it."),
        can=_("Say what is to be done with it, and for what. The gate answers with its rule and who decides."),
        next=_("The answer stands in the case. Where the gate holds or refuses, do not use it so."),
        who=_GATE,
    ),
    "recall": PageHelp(
        what=_("The recall of a message that has left this node."),
        can=_("Say why; the other side is asked to use the message no more."),
        next=_("They say that they complied, and the message is then called withdrawn. It stays in both logs."),
        who=_COLLEAGUE,
    ),
    "correct": PageHelp(
        what=_("The correction of a message that has left: stricter handling, right words, a recall, or erasure."),
        can=_("Say what they are to do, and why. The node drafts the correction; a second officer lets it leave."),
        next=_("Their node treats what was made of it, and they report. Their report is their word."),
        who=_COLLEAGUE,
    ),
    "correction": PageHelp(
        what=_("A correction: what it is about, how far it is applied, and what a person must still do."),
        can=_("Put each task on record as done, or say why it is not possible; then draft the report."),
        next=_("The report leaves through a second officer. What was used in court gets a note on that file."),
        who=_COLLEAGUE,
    ),
    "provenance": PageHelp(
        what=_("What a message came from, and what was made of it here: at any distance."),
        can=_("Follow a box or a row to the thing itself."),
        next=_("Where something is missing, say so in a note; below stands what the node cannot find."),
        who=_COLLEAGUE,
    ),
    "approvals": PageHelp(
        what=_("What waits for a second officer, for its release, or for the answer to a hold."),
        can=_("Open what waits for you. What you wrote is for a colleague."),
        next=_("After each act the next message that waits for you opens by itself."),
        who=_("The author; their name stands in the row."),
    ),
    "approval": PageHelp(
        what=_("Exactly what will leave, what our side told its own law, and the decision that an approval binds."),
        can=_("Approve exactly this, send it back with a reason, or release it. Its author can take it back."),
        next=_("Your word counts for these bytes alone, until the time shown. If it changes, you are asked anew."),
        who=_GATE,
    ),
    "assessments": PageHelp(
        what=_(
            "What officers wrote about a draft: the risk of mistreatment, and what the interest in a person rests on."
        ),
        can=_("Assess a colleague's draft, weigh conduct against expression, or decide on what another wrote."),
        next=_("The gate is told of it once another officer agreed. Until then an assessment counts as a risk."),
        who=_GATE,
    ),
    "holds": PageHelp(
        what=_("A message that a rule holds until an office has decided."),
        can=_("If you bear that office, choose the hold and say in writing why it may pass."),
        next=_("Your words stay with the case and are read by the reviewer. They bind to this text."),
        who=_("Who bears the office; the page names them."),
    ),
    "proof": PageHelp(
        what=_("What can be proven of one message to anybody, checked just now."),
        can=_("Download the proof, with or without the content; print the page for the paper file."),
        next=_("The download is noted with your name. A receipt that is missing comes by itself."),
        who=_("The operator of this node, if something does not hold."),
    ),
    "check": PageHelp(
        what=_("A place where a file that somebody hands you is checked."),
        can=_("Choose the file and have it checked. Nothing of it is kept, and its content is not shown."),
        next=_("The page says in a sentence each what it proves."),
        who=_("The operator of this node, if something does not hold."),
    ),
    "channel": PageHelp(
        what=_("How the line to the other side stands: both logs, receipts, the queue, keys and alarms."),
        can=_("Read it. An administrator suspends and resumes the line; two officers thaw a frozen one."),
        next=_("What waits leaves by itself when the line is well. Nothing is lost while it is down."),
        who=_ADMINISTRATOR,
    ),
    "law": PageHelp(
        what=_("The rules that this node asks before anything leaves or is used."),
        can=_("Open a rule to read what it says, where it comes from, and examples. Try facts of your own."),
        next=_("Nothing is stored and nothing leaves."),
        who=_("Counsel of your office. Nothing here is legal advice."),
    ),
    "rule": PageHelp(
        what=_("One rule: how it speaks, the law it rests on, since when, and examples that are tested."),
        can=_("Read it, and try it with facts of your own."),
        next=_("A decision that names this rule leads here."),
        who=_("Counsel of your office. Nothing here is legal advice."),
    ),
    "law-try": PageHelp(
        what=_("A form that asks the gate what it would say."),
        can=_("Begin with a lawful example, change facts, and ask. What you leave open is unknown, and protects."),
        next=_("The answer stands beside the form. Nothing is stored and nothing leaves."),
        who=_("Counsel of your office. Nothing here is legal advice."),
    ),
    "review": PageHelp(
        what=_("What a reviewer reads of this node: decisions, acts, emergencies, alarms, and what was stopped."),
        can=_("Open a list, choose a period, and download it. Record what you found of an emergency."),
        next=_("Each download is noted. An emergency is reviewed within 24 hours of its release."),
        who=_("Your own office; nobody at this node may tell you what to find."),
    ),
    "registers": PageHelp(
        what=_("Arrangements, risk profiles and assurances that the law gate relies on."),
        can=_("Open one to read it and its history. Counsel proposes a version, and another officer agrees to it."),
        next=_("A version counts from its first day (UTC) on. Sixty days before it is too old, a line says so."),
        who=_COUNSEL,
    ),
    "register-entry": PageHelp(
        what=_("One version of an entry, and every version before it with who proposed it and who agreed."),
        can=_("Read what changed. Whoever may decide agrees, refuses, or ends what is in force."),
        next=_("The gate is told of the version that counts on the day of each act."),
        who=_COUNSEL,
    ),
    "register-new": PageHelp(
        what=_("The form of a new version."),
        can=_("Fill it from the signed text, and hand the text in."),
        next=_("Another officer agrees to it or refuses it. Until then what stood before counts."),
        who=_COUNSEL,
    ),
    "review-list": PageHelp(
        what=_("One of the reviewer's lists, the newest first."),
        can=_("Choose a period, go through the pages, and download the period as a table."),
        next=_("The download is noted with your name."),
        who=_("Your own office; nobody at this node may tell you what to find."),
    ),
    "review-logs": PageHelp(
        what=_("Both logs of every channel, checked entry by entry against what was signed and co-signed."),
        can=_("Check every log with one click, see what differs, and take each log along to check it elsewhere."),
        next=_("The result stays on record. A log that does not hold raises an alarm."),
        who=_("The reviewer of the other side, who has a copy of the same logs."),
    ),
    "review-witnesses": PageHelp(
        what=_("Third persons whose machines co-sign how far they have seen our logs."),
        can=_("Add a witness, carry a request to it, and take in what it co-signed."),
        next=_(
            "What it co-signed is compared with our log and with every later check. If it saw another log, an alarm "
            "says so."
        ),
        who=_("Whoever is the witness, and the reviewer of the other side."),
    ),
    "review-sample": PageHelp(
        what=_("Decisions drawn at random by a seed that you state."),
        can=_("Draw, open each decision, and write what you found beside it."),
        next=_("Seed, number and population are noted with your name, so that the draw can be repeated."),
        who=_("Your own office; nobody at this node may tell you what to find."),
    ),
    "review-year": PageHelp(
        what=_("The year's figures as they may be published, and the record of what left."),
        can=_("Choose year and party, print the page, and take the figures or the record along."),
        next=_("Each file is noted with your name. The record names officers and is not to be published."),
        who=_("Your own office; nobody at this node may tell you what to find."),
    ),
    "plan-bring": PageHelp(
        what=_("A plan that was changed in Word or Excel, or that comes as JSON, is brought back here."),
        can=_("Choose the file. It is read, and you see what it would change before anything is saved."),
        next=_("The file is held for you alone until you take it or forget it, and for a day at most."),
        who=_("The policy lead of your office."),
    ),
    "plan-brought": PageHelp(
        what=_("What the file would change in the draft, what was left out of it, and what was not understood."),
        can=_("Say how its days are read, take it into the draft, or forget it."),
        next=_("Taking it is one save of the draft. A colleague sees it in the history and can undo it."),
        who=_("The policy lead of your office."),
    ),
    "dialogue": PageHelp(
        what=_("The statements that both sides negotiate, and our record of the meetings."),
        can=_("Open a statement and see which clauses wait for us, begin one, or plan a meeting."),
        next=_("A statement is your team's alone until its first wording is sent."),
        who=_("The policy lead of your office."),
    ),
    "clause": PageHelp(
        what=_("One clause: the wording of each side beside the other, and everything that was said about it."),
        can=_("Accept their wording, propose another one, put words in brackets, withdraw ours, or comment."),
        next=_(
            "The clause is agreed while both sides stand for the same wording. It binds nobody before the signature."
        ),
        who=_("The policy lead of your office."),
    ),
    "statement-sign": PageHelp(
        what=_("What is left before the statement can be signed, and the text that would be signed."),
        can=_("Settle what is listed, then prepare the text. Another officer signs it and offers it."),
        next=_("When the other side signs the same text, the statement is closed."),
        who=_("Who may sign for our side."),
    ),
    "read-outs": PageHelp(
        what=_("The agreed text, our read-out and theirs beside each other, sentence by sentence."),
        can=_("Write ours, paste theirs from its public source, and confirm which sentence speaks of which."),
        next=_("Before ours is published, the page names each figure and verb that contradicts the agreed text."),
        who=_("The policy lead of your office."),
    ),
    "timeliness": PageHelp(
        what=_("What each side published of how soon it answers and is answered, beside what our own log shows."),
        can=_("Compare a report with our log. A releasing officer publishes our figures of a period that is over."),
        next=_("What you publish goes to the other side, who compares it with its own log. It names no case."),
        who=_("The reviewer, or who holds the requests that differ."),
    ),
    "review-timeliness": PageHelp(
        what=_("How soon each side answers the other, as our own clocks have it."),
        can=_("Choose a period, compare themes and urgencies, and open the requests that were late."),
        next=_("Compare with the reviewer of the other side, whose clocks are their own."),
        who=_("The officers who hold the late cases."),
    ),
    "review-decision": PageHelp(
        what=_("One decision of the gate, with all the facts that it rested on."),
        can=_("Compare the facts with the message, and the reasons with the facts."),
        next=_("The salt opens the commitment that travelled with the message, so that nobody can change it later."),
        who=_("Counsel of your office."),
    ),
    "administration": PageHelp(
        what=_("The accounts, roles and peers of this node. No content of any message is shown."),
        can=_("Make an account, end a posting, and see keys. A second person agrees to each new account."),
        next=_("What you do is noted with your name."),
        who=_("A second administrator, or the reviewer."),
    ),
    "me": PageHelp(
        what=_("Your own account: your roles, your ways to sign in, and your open sessions."),
        can=_("Add a passkey, see what your roles allow, and end a session that is not yours."),
        next=_("A change of your ways to sign in takes effect at once."),
        who=_ADMINISTRATOR,
    ),
    "roster": PageHelp(
        what=_("Who is on duty when. Gaps stand first: hours in which nobody of ours is."),
        can=_("Look at another week or month, hand the watch over, and go to your watches, leave and calendars."),
        next=_("Gaps are looked for sixty days ahead, and who keeps the roster is told once a day."),
        who=_ROSTER_KEEPER,
    ),
    "roster-watches": PageHelp(
        what=_("Your watches of the next sixty days, and those that colleagues ask you to take."),
        can=_("Ask a colleague to take a watch that has not begun, and answer what you are asked."),
        next=_("A watch changes hands when the colleague takes it. It comes back the same way."),
        who=_COLLEAGUE,
    ),
    "roster-leave": PageHelp(
        what=_("When you cannot be on duty."),
        can=_("Record leave for days or hours, and take it back."),
        next=_("Your watches in that time become gaps until somebody else holds them."),
        who=_ROSTER_KEEPER,
    ),
    "roster-posts": PageHelp(
        what=_("The desks at which somebody is on duty, each in the time of its own place."),
        can=_("Read their shifts. Who keeps the roster opens posts, adds and ends shifts, and can undo each."),
        next=_("The roster and its gaps follow at once."),
        who=_ROSTER_KEEPER,
    ),
    "roster-calls": PageHelp(
        what=_("Who is called for an urgent request that nobody takes, in the order of the calls."),
        can=_("Print it. Who keeps the roster adds numbers and takes them out."),
        next=_("Each call is a notice and an e-mail, and stands in the timeline of the case."),
        who=_ROSTER_KEEPER,
    ),
    "roster-handover-new": PageHelp(
        what=_("What stands now, as far as you read it: the note for who takes the watch after you."),
        can=_("Add remarks and the next call, name your colleague, and sign."),
        next=_("Your colleague reads the note and signs the same digest. Until then you can take it back."),
        who=_COLLEAGUE,
    ),
    "roster-handover": PageHelp(
        what=_("A handover note: what stood when the watch changed, and who signed it."),
        can=_("Read the lines of cases that you read, print it, and sign it if you take the watch."),
        next=_("With the second signature the watch is yours, and both signatures are on record."),
        who=_COLLEAGUE,
    ),
    "roster-calendars": PageHelp(
        what=_("Secret addresses at which a calendar program reads your hours, or the gaps."),
        can=_("Make an address, renew it when somebody else may know it, and end it."),
        next=_("The old address opens nothing any more. It ends with your posting, too."),
        who=_ROSTER_KEEPER,
    ),
    **AGREEMENT_HELP,
    **{name: words for module in modules_named("help_words") for name, words in module.HELP.items()},
}
"""The help of each page by the name of its address."""
