"""The reviewer adds a witness, carries a request to it, and takes in what it co-signed, at the desk."""

from django.test import Client
from django.urls import reverse

from accord.channel.checkpoint import unverified_checkpoint
from accord.channel.witness import WitnessRequest, cosignature_lines, cosigned_note
from accord.courier.models import SignedCheckpoint
from accord.courier.moment import now_ms
from accord.oversight.models import Cosignature, Witness
from tests.desk_pages.test_review_logs import client
from tests.oversight.conftest import Logs, logs
from tests.oversight.test_witnesses import WITNESS

__all__ = ["client", "logs"]

TARGET = "/desk/review/witnesses/"


def cosigned(note: bytes) -> str:
    lines = cosignature_lines(unverified_checkpoint(note), WITNESS, now_ms=now_ms())
    return cosigned_note(note, lines).decode().replace("\n", "\r\n")


def test_the_whole_way_of_a_witness_at_the_desk(logs: Logs, client: Client) -> None:
    assert "No witness is known yet" in client.get(TARGET).content.decode()
    client.post(TARGET, {"act": "add", "keys": WITNESS.public.to_text()})
    logs.write(2)
    assert "The whole log, the first time" in client.get(TARGET).content.decode()
    first = bytes(SignedCheckpoint.objects.get(direction="out", size=2).note)
    page = client.post(TARGET, {"act": "take", "note": cosigned(first)}, follow=True).content.decode()
    assert "is the log that is stored here" in page
    logs.write(1)
    target = reverse("desk:review-witness-request", args=["CA", "IN"])
    answer = client.get(target, {"witness": WITNESS.public.name})
    request = WitnessRequest.from_bytes(answer.content)
    assert request.old_size == 2
    client.post(TARGET, {"act": "take", "note": cosigned(request.checkpoint)})
    assert list(Cosignature.objects.values_list("size", flat=True)) == [3, 2]
    client.post(TARGET, {"act": "retire", "witness": Witness.objects.get().pk})
    assert "No witness is known yet" in client.get(TARGET).content.decode()


def test_what_is_refused_says_why_and_gives_the_words_back(logs: Logs, client: Client) -> None:
    answer = client.post(TARGET, {"act": "add", "keys": "no key at all"})
    assert (answer.status_code, "no key at all" in answer.content.decode()) == (422, True)
    client.post(TARGET, {"act": "add", "keys": WITNESS.public.to_text()})
    answer = client.post(TARGET, {"act": "take", "note": "no note"})
    assert (answer.status_code, "no note" in answer.content.decode()) == (400, True)
    assert client.post(TARGET, {"act": "dance"}).status_code == 404
    assert client.post(TARGET, {"act": "retire", "witness": "one"}).status_code == 404
    unknown = client.get(reverse("desk:review-witness-request", args=["CA", "IN"]), {"witness": "nobody"})
    assert unknown.status_code == 409
