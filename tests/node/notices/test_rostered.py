"""Notices of the roster: gaps once a day, watches that are asked for, and notes that nobody signs."""

from datetime import timedelta

from django.utils import timezone

from accord.liaison.models import Handover
from accord.liaison.roster.handing_over import hand_over, sign_in, take_back_handover, what_stands
from accord.liaison.roster.leaving import answer_swap, ask_swap, take_back_swap
from accord.node.notices.deriving import make_notices
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Notice
from accord.node.notices.places import place_of
from accord.node.notices.settling import settle_notices, waiting_notices
from tests.desk import Desk
from tests.liaison.roster.specimens import keeper, post, shift, two_desks

MINUTE = timedelta(minutes=1)


def whom(kind: Kind) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("officer__username", flat=True))


def test_who_keeps_the_roster_is_told_of_gaps_once_a_day(desk: Desk) -> None:
    two_desks(desk)
    now = timezone.now().replace(hour=17)
    make_notices(now=now)
    assert whom(Kind.ROSTER_GAP) == []
    for minutes in (6, 12, 18):
        make_notices(now=now + minutes * MINUTE)
    assert whom(Kind.ROSTER_GAP) == ["policy"]
    make_notices(now=now + timedelta(days=1))
    assert whom(Kind.ROSTER_GAP) == ["policy", "policy"]
    notice = Notice.objects.filter(kind=Kind.ROSTER_GAP)[0]
    assert place_of(notice, keeper(desk)) == "/desk/roster/"


def test_a_roster_without_gaps_and_a_node_without_a_roster_tell_nothing(desk: Desk) -> None:
    now = timezone.now()
    make_notices(now=now)
    make_notices(now=now + 6 * MINUTE)
    shift(desk, post(desk), desk.duty, 0, 0)
    make_notices(now=now + 12 * MINUTE)
    assert whom(Kind.ROSTER_GAP) == []


def test_a_notice_of_gaps_ends_with_its_day_and_with_its_gaps(desk: Desk) -> None:
    home, _away = two_desks(desk)
    now = timezone.now()
    make_notices(now=now)
    make_notices(now=now + 6 * MINUTE)
    settle_notices()
    assert waiting_notices().filter(kind=Kind.ROSTER_GAP).count() == 1
    shift(desk, home.post, desk.duty, 0, 0, now=timezone.now())
    settle_notices()
    assert waiting_notices().filter(kind=Kind.ROSTER_GAP).count() == 0


def test_yesterday_s_notice_of_gaps_waits_no_more(desk: Desk) -> None:
    two_desks(desk)
    then = timezone.now() - timedelta(days=2)
    make_notices(now=then)
    make_notices(now=then + 6 * MINUTE)
    assert settle_notices() == 1


def test_a_colleague_is_told_what_is_asked_and_the_asker_what_was_answered(desk: Desk) -> None:
    home, _away = two_desks(desk)
    now = timezone.now()
    make_notices(now=now)
    swap = ask_swap(desk.duty, home, (now + timedelta(days=3)).date(), of=desk.liaison, now=now)
    make_notices(now=now)
    assert whom(Kind.WATCH_ASKED) == ["liaison"]
    assert place_of(Notice.objects.get(kind=Kind.WATCH_ASKED), desk.liaison) == "/desk/roster/watches/"
    answer_swap(desk.liaison, swap, accepts=True, now=now)
    make_notices(now=now)
    assert whom(Kind.WATCH_ANSWERED) == ["duty"]
    settle_notices()
    assert not waiting_notices().filter(kind=Kind.WATCH_ASKED).exists()


def test_a_question_that_was_taken_back_waits_no_more(desk: Desk) -> None:
    home, _away = two_desks(desk)
    now = timezone.now()
    make_notices(now=now)
    swap = ask_swap(desk.duty, home, (now + timedelta(days=3)).date(), of=desk.liaison, now=now)
    make_notices(now=now)
    take_back_swap(desk.duty, swap, now=now)
    make_notices(now=now)
    settle_notices()
    assert whom(Kind.WATCH_ANSWERED) == []
    assert not waiting_notices().filter(kind=Kind.WATCH_ASKED).exists()


def handed(desk: Desk) -> Handover:
    make_notices()
    return hand_over(desk.duty, post(desk), to=desk.liaison, seen=what_stands(desk.duty).digest)


def test_the_incoming_officer_is_told_of_a_note_and_after_half_an_hour_others_are(desk: Desk) -> None:
    note = handed(desk)
    make_notices()
    assert whom(Kind.HANDOVER_WAITS) == ["liaison"]
    make_notices(now=note.signed_at + 29 * MINUTE)
    assert whom(Kind.HANDOVER_UNREAD) == []
    make_notices(now=note.signed_at + 30 * MINUTE)
    make_notices(now=note.signed_at + 40 * MINUTE)
    assert whom(Kind.HANDOVER_UNREAD) == ["duty", "liaison", "policy"]
    assert all(Notice.objects.filter(kind=Kind.HANDOVER_UNREAD).values_list("is_urgent", flat=True))
    told = Notice.objects.filter(kind=Kind.HANDOVER_UNREAD)
    assert place_of(told.get(officer=desk.liaison), desk.liaison) == f"/desk/roster/handovers/{note.pk}/"
    assert place_of(told.get(officer=keeper(desk)), keeper(desk)) == "/desk/roster/"


def test_a_note_that_was_signed_or_taken_back_waits_for_nobody(desk: Desk) -> None:
    first, second = handed(desk), handed(desk)
    make_notices(now=second.signed_at + 30 * MINUTE)
    sign_in(desk.liaison, first, digest=bytes(first.digest).hex())
    take_back_handover(desk.duty, second)
    settle_notices()
    assert not waiting_notices().filter(kind__in=(Kind.HANDOVER_WAITS, Kind.HANDOVER_UNREAD)).exists()
