"""Search over the API."""

from accord.exchange.models import Arrival
from accord.exchange.search.indexing import index_message
from accord.officers.permissions import Role
from tests.api.conftest import Caller
from tests.api.story import drafted, received_request
from tests.simulators.paired_node import PairedNode


def test_words_are_found_and_marked(node: PairedNode, callers: dict[Role, Caller]) -> None:
    asked = received_request(facts="Sent from दिल्ली by Gagné.")
    index_message(asked)
    found = callers[Role.DUTY].get("/search", q="delhi gagne").json()
    assert (found["count"], found["is_more"], found["next"]) == (1, False, None)
    hit = found["items"][0]
    assert (hit["message_id"], hit["subject"], hit["marked"]) == (str(asked.pk), "message", ["दिल्ली", "Gagné"])
    assert callers[Role.DUTY].get("/search", q="delhi", subject="note").json()["items"] == []
    assert callers[Role.DUTY].get("/search", q="delhi", theme=asked.case.theme, since="2026-01-01").json()["count"] == 1


def test_a_draft_of_another_is_not_found(node: PairedNode, callers: dict[Role, Caller]) -> None:
    drafted(callers[Role.LIAISON], facts="About Umbriel.")
    assert callers[Role.LIAISON].get("/search", q="umbriel").json()["count"] == 1
    assert callers[Role.DUTY].get("/search", q="umbriel").json() == {
        "items": [],
        "count": 0,
        "is_more": False,
        "next": None,
        "waiting": 0,
        "waits_more": False,
    }


def test_an_answer_says_how_much_was_not_looked_through_yet(node: PairedNode, callers: dict[Role, Caller]) -> None:
    Arrival.objects.create(message=received_request(facts="Sent by Gagné."))
    found = callers[Role.DUTY].get("/search", q="gagne").json()
    assert (found["items"], found["waiting"], found["waits_more"]) == ([], 1, False)
    assert callers[Role.DUTY].get("/search", q="gagne", subject="note").json()["waiting"] == 0


def test_a_question_without_words_is_refused(node: PairedNode, callers: dict[Role, Caller]) -> None:
    assert callers[Role.DUTY].get("/search").status_code == 422
    assert callers[Role.DUTY].get("/search", q="a", before=-1).status_code == 422
    assert callers[Role.DUTY].get("/search", q="* ( )").json()["items"] == []
