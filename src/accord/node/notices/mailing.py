"""E-mail without content: that something waits at the desk, how urgent it is, and the desk's address.

No title, name, reference or country of anybody stands in it, since a mail crosses machines that nobody here runs. It is
made of the notices that nobody has read, one mail for all of them, and sent from a thread of its own.

What SMTP allows: a server that accepted a mail says so after the last dot, and a node that is killed in between cannot
know. Such a mail is sent again with the same Message-ID, by which mail programs take the two for one. A notice itself
is in one mail only.
"""

import logging
import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accord.courier.alarms import raise_alarm_once
from accord.node.config import NodeConfig
from accord.node.desk.language import offered_language

from .models import Choice, Mail, Notice
from .services import is_quiet
from .settling import waiting_notices
from .smtp import MailServerFails, mail_server, sender_domain

__all__ = ["make_mails", "message_of", "recover_mails", "send_mails"]

logger = logging.getLogger(__name__)

PAUSE: Final = timedelta(minutes=15)
PAUSE_URGENT: Final = timedelta(minutes=1)
"""Time between two mails to one officer: a hundred arrivals make one mail, and a second when urgent ones come."""

FRESH: Final = timedelta(days=1)
"""Older notices make no mail: whoever turns mail on is not told of last month."""

GIVEN_UP_AFTER: Final = timedelta(days=1)
BACK_OFF_FIRST: Final = timedelta(seconds=30)
BACK_OFF_LONGEST: Final = timedelta(minutes=30)
"""Waits double from the first to the longest (RFC 5321, section 4.5.4.1, asks for at least 30 minutes later on)."""

MAILS_A_TURN: Final = 50


def make_mails(*, now: datetime | None = None) -> int:
    """Makes the mails that are due from what waits unread; returns how many."""
    moment = now or timezone.now()
    made = 0
    for choice in Choice.objects.filter(agreed_at__isnull=False).exclude(address="").select_related("officer"):
        if choice.officer.is_posted(moment):
            made += _mail_for(choice, moment)
    return made


def _mail_for(choice: Choice, now: datetime) -> int:
    agreed_at = choice.agreed_at or now
    waiting = waiting_notices().filter(
        officer_id=choice.pk, mail=None, kind__in=choice.mailed_kinds, made_at__gte=max(now - FRESH, agreed_at)
    )
    found = list(waiting.values_list("pk", "is_urgent")[:1000])
    if is_quiet(choice, now):
        found = [(key, is_urgent) for key, is_urgent in found if is_urgent and choice.urgent_passes]
    if not found:
        return 0
    is_urgent = any(urgent for _key, urgent in found)
    last = Mail.objects.filter(officer_id=choice.pk).order_by("-made_at").values_list("made_at", flat=True).first()
    if last is not None and now < last + (PAUSE_URGENT if is_urgent else PAUSE):
        return 0
    with transaction.atomic():
        mail = Mail.objects.create(
            officer_id=choice.pk,
            address=choice.address,
            language=offered_language(choice.officer.language),
            is_urgent=is_urgent,
            made_at=now,
            next_at=now,
        )
        Notice.objects.filter(pk__in=[key for key, _urgent in found], mail=None).update(mail=mail)
    return 1


def message_of(mail: Mail, config: NodeConfig) -> EmailMessage:
    """Returns the mail as it is sent: in its officer's language, and without any content."""
    with translation.override(mail.language):
        subject = _("Urgent: something waits at your desk") if mail.is_urgent else _("Something waits at your desk")
        urgency = _("Urgency: urgent.") if mail.is_urgent else _("Urgency: normal.")
        lines = [
            _("Something waits at your desk."),
            urgency,
            _("Your desk: %(address)s") % {"address": config.desk_address},
            _("This mail says nothing about it on purpose. Do not answer it: nobody reads the answers."),
        ]
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = config.smtp_from
    message["To"] = mail.address
    message["Date"] = format_datetime(mail.made_at)
    message["Message-ID"] = f"<{mail.pk}@{sender_domain(config)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(lines) + "\n")
    return message


def recover_mails() -> int:
    """Puts what a killed node was just sending back into the queue; called before the first turn."""
    return Mail.objects.filter(state=Mail.State.SENDING).update(state=Mail.State.QUEUED)


def send_mails(config: NodeConfig, *, now: datetime | None = None) -> int:
    """Sends the mails that are due, over one session; returns how many the server took.

    Mails whose notices were all read or settled meanwhile are dropped. A server that is down or busy is tried again
    with growing pauses for a day; an address that it refuses for good is not.
    """
    moment = now or timezone.now()
    due = list(Mail.objects.filter(state=Mail.State.QUEUED, next_at__lte=moment).order_by("next_at")[:MAILS_A_TURN])
    wanted = [mail for mail in due if _still_waits(mail)]
    if not wanted:
        return 0
    try:
        with mail_server(config) as server:
            return sum(_sent(mail, server, config, moment) for mail in wanted)
    except MailServerFails as error:
        left = [mail for mail in wanted if mail.state == Mail.State.QUEUED]
        _put_off(left, error.sentence, moment)
        return len([mail for mail in wanted if mail.state == Mail.State.SENT])


def _still_waits(mail: Mail) -> bool:
    if waiting_notices().filter(mail=mail).exists():
        return True
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.DROPPED)
    return False


def _sent(mail: Mail, server: smtplib.SMTP, config: NodeConfig, now: datetime) -> int:
    # Committed before the server hears of it: after a kill the state tells that this one is in doubt.
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENDING)
    try:
        server.send_message(message_of(mail, config))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        _refused(mail, max(codes, default=550), now)
    except smtplib.SMTPResponseException as error:
        _refused(mail, error.smtp_code, now)
    except (OSError, smtplib.SMTPException) as error:
        _keep(mail, Mail.State.QUEUED, fault=type(error).__name__)
        raise MailServerFails(f"The mail server broke off: {type(error).__name__}.") from error
    else:
        _keep(mail, Mail.State.SENT, sent_at=now)
        return 1
    return 0


def _refused(mail: Mail, code: int, now: datetime) -> None:
    """A 4xx answer means later, a 5xx answer means never (RFC 5321, section 4.2.1)."""
    if code < 500:
        _keep(mail, Mail.State.QUEUED, fault=str(code))
        _put_off([mail], f"The mail server answered {code}.", now)
        return
    _keep(mail, Mail.State.FAILED, fault=str(code))
    raise_alarm_once(
        None, "notices.mail-refused", f"The mail server refuses mail to an officer's address for good: {code}."
    )


def _keep(mail: Mail, state: Mail.State, *, fault: str = "", sent_at: datetime | None = None) -> None:
    mail.state, mail.fault, mail.sent_at = state, fault[:64], sent_at
    mail.save(update_fields=["state", "fault", "sent_at"])


def _put_off(mails: Iterable[Mail], sentence: str, now: datetime) -> None:
    logger.warning("No mail can be sent now. %s", sentence)
    for mail in mails:
        if now >= mail.made_at + GIVEN_UP_AFTER:
            _keep(mail, Mail.State.FAILED, fault="given-up")
            raise_alarm_once(None, "notices.mail-given-up", f"A mail to an officer was tried for a day. {sentence}")
            continue
        pause = min(BACK_OFF_FIRST * 2 ** min(mail.attempts, 10), BACK_OFF_LONGEST)
        mail.attempts += 1
        Mail.objects.filter(pk=mail.pk).update(state=Mail.State.QUEUED, next_at=now + pause, attempts=mail.attempts)
