"""Opening a channel: only with a peer whose root key was pinned by comparing words."""

from pathlib import Path

import pytest
from django.utils import timezone

from accord.courier.models import Channel, Mode
from accord.courier.outbox import MAX_QUEUED, QueueFull, block, enqueue, unblock, withdraw
from accord.courier.pairing import move_peer, open_channel
from accord.courier.recent import Recent
from accord.courier.wakeup import wait_for_wake, wake
from accord.errors import OfficerCanMend, OurFault
from accord.parties.models import Keyset, Party
from accord.parties.profile import load_profile
from accord.parties.services import record_own_party
from tests.channel.specimens import specimen
from tests.simulators.memory_custody import MemoryCustody
from tests.simulators.paired_node import PairedNode


class TlsMemoryCustody(MemoryCustody):
    """The specimen keys with a TLS identity that is never used."""

    def __init__(self, party: str, folder: Path) -> None:
        from accord.parties.tls import make_tls_identity

        super().__init__(party)
        self._identity = make_tls_identity(folder, party, password="specimen password")

    @property
    def tls(self) -> object:  # type: ignore[override]
        return self._identity


def pinned_peer() -> None:
    Party.objects.create(
        code="IN",
        profile=load_profile("india").to_json(),
        root_public=specimen("IN").root.public.to_bytes(),
        pinned_at=timezone.now(),
    )
    Keyset.objects.create(party_id="IN", peer_id="CA", serial=1, signed=specimen("IN").chain("CA").signed[0])


@pytest.mark.django_db
def test_no_channel_opens_with_a_peer_that_was_not_pinned(home: Path) -> None:
    custody = TlsMemoryCustody("CA", home)
    record_own_party(load_profile("canada"), custody)
    with pytest.raises(OurFault) as caught:
        open_channel("IN", peer_url="https://peer.invalid", custody=custody)
    assert caught.value.reason_code == "parties.not-pinned"
    assert not Channel.objects.exists()


@pytest.mark.django_db
def test_a_pinned_peer_gets_an_open_channel_and_our_first_keyset(home: Path) -> None:
    custody = TlsMemoryCustody("CA", home)
    record_own_party(load_profile("canada"), custody)
    pinned_peer()
    channel = open_channel("IN", peer_url="https://peer.invalid/", custody=custody)
    assert (channel.mode, channel.peer_url) == (Mode.OPEN, "https://peer.invalid")
    assert Keyset.objects.get(party_id="CA", peer_id="IN").in_force_at is not None
    again = open_channel("IN", peer_url="https://moved.invalid", custody=custody)
    assert again.pk == channel.pk
    assert Channel.objects.get().peer_url == "https://moved.invalid"


@pytest.mark.django_db
def test_a_channel_without_tls_is_refused(paired: PairedNode) -> None:
    with pytest.raises(OfficerCanMend):
        move_peer(paired.channel, peer_url="http://peer.invalid")


# --- the outbox -------------------------------------------------------------------------------------------------------


def test_a_message_waits_under_an_identity_that_is_fixed_at_once(met: PairedNode) -> None:
    (row,) = met.enqueue()
    assert row.envelope_id.version == 7
    met.flush()
    assert met.peer_ids() == [row.envelope_id]


@pytest.mark.parametrize("seconds", [-1, 0, 11 * 366 * 86_400])
def test_a_time_limit_that_is_past_or_absurd_is_refused(met: PairedNode, seconds: int) -> None:
    from datetime import timedelta

    with pytest.raises(OfficerCanMend) as caught:
        met.enqueue(not_after=timezone.now() + timedelta(seconds=seconds))
    assert caught.value.reason_code == "courier.time-limit"


def test_a_payload_over_the_limit_is_refused(met: PairedNode) -> None:
    with pytest.raises(OfficerCanMend) as caught:
        met.enqueue(payload=bytes(1024 * 1024 + 1))
    assert caught.value.reason_code == "courier.payload-too-long"


def test_a_full_queue_takes_no_more(met: PairedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    from accord.courier import outbox

    assert MAX_QUEUED >= 100_000
    monkeypatch.setattr(outbox, "MAX_QUEUED", 2)
    monkeypatch.setattr(outbox, "COUNT_SECONDS", 0.0)
    met.enqueue(2)
    with pytest.raises(QueueFull):
        met.enqueue()
    met.flush()
    met.enqueue()


def test_a_blocked_message_leaves_only_once_it_is_unblocked(met: PairedNode) -> None:
    (row,) = met.enqueue()
    block(row)
    assert met.flush().is_idle
    unblock(row)
    assert met.flush().appended == 1
    with pytest.raises(OfficerCanMend):
        withdraw(row)


def test_a_row_wakes_the_flusher_only_once_it_is_committed(
    met: PairedNode, django_capture_on_commit_callbacks: object
) -> None:
    from accord.courier.wakeup import flush_topic

    topic = flush_topic(met.channel.pk)
    wait_for_wake(topic, timeout_seconds=0)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        met.enqueue()
        assert not wait_for_wake(topic, timeout_seconds=0)
    assert wait_for_wake(topic, timeout_seconds=0)


def test_a_wake_up_before_the_wait_is_not_lost() -> None:
    wake("a test's topic")
    assert wait_for_wake("a test's topic", timeout_seconds=0)
    assert not wait_for_wake("a test's topic", timeout_seconds=0)


def test_a_remembered_answer_is_asked_for_again_once_it_was_forgotten() -> None:
    asked: list[str] = []

    def ask(key: str) -> int:
        asked.append(key)
        return len(asked)

    recent = Recent(ask)
    assert (recent.get("a"), recent.get("a"), recent.get("b")) == (1, 1, 2)
    recent.forget("a")
    assert (recent.get("a"), recent.get("b")) == (3, 2)
    recent.forget()
    assert recent.get("b") == 4


def test_only_what_the_outbox_took_is_ever_in_our_log(met: PairedNode) -> None:
    assert enqueue.__module__ == "accord.courier.outbox"
    met.enqueue(2)
    met.flush()
    assert met.now().out_size == 2
