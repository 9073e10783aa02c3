"""Our directory from the first entries to the other side, and theirs as it arrives."""

from typing import Any

import msgspec
import pytest

from accord.courier.models import Outbox
from accord.liaison.directory.filing import FOLLOWER
from accord.liaison.directory.functions import first_entries, function_names, functions
from accord.liaison.directory.keeping import (
    begin_directory,
    keep_entry,
    our_entries,
    publish_directory,
    remove_entry,
    restore_entry,
)
from accord.liaison.directory.kinds import Directory, Entry
from accord.liaison.errors import LiaisonRefused
from accord.liaison.models import DirectoryEntry, PublishedDirectory
from accord.officers.permissions import NotPermitted, Role
from accord.parties.profile import load_profile, shipped_profiles
from accord.release.models import ReleasedMessage
from tests.desk import Desk
from tests.instruments.test_services import arrives

FIELDS: dict[str, Any] = {
    "names": {"en": "Precursor desk (specimen)", "fr": "Bureau des précurseurs", "hi": "प्रीकर्सर डेस्क"},
    "agency": "HC",
    "functions": ["precursors-import"],
    "zone": "America/Toronto",
    "telephone": "+1 613 555 0100",
    "hours": "Mon-Fri 09:00-17:00",
}


def theirs(number: int = 1, **changed: Any) -> dict[str, Any]:
    entry = {**FIELDS, "agency": "CBN", "zone": "Asia/Kolkata", **changed}
    return {"schema_version": 1, "number": number, "entries": [entry]}


def refused(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(LiaisonRefused) as caught:
        act(*args, **kwargs)
    return caught.value.reason_code


@pytest.mark.parametrize("name", shipped_profiles())
def test_the_first_entries_name_agencies_of_the_profile_and_known_functions(name: str) -> None:
    profile = load_profile(name)
    known = {one.code for one in functions()}
    entries = first_entries(profile.code)
    assert entries
    for entry in entries:
        assert profile.agency(entry.agency)
        assert set(entry.functions) <= known
        assert set(msgspec.structs.asdict(entry)) == {"agency", "functions"}, "no telephone is invented"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agency", "CBN\n"),
        ("functions", ["customs\n"]),
        ("telephone", "+1 613 555 0100\n"),
        ("email", "desk@example.org\n"),
    ],
)
def test_no_code_or_number_of_an_entry_ends_with_a_newline(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError, match="regex"):
        msgspec.convert({**FIELDS, field: value}, Entry)


def test_a_party_without_first_entries_has_none() -> None:
    assert first_entries("ZZ") == ()
    assert function_names("customs", "fr") == "Douanes"
    assert function_names("new-thing", "fr") == "new-thing"


def test_the_first_entries_are_taken_over_once_and_published_by_another(desk: Desk) -> None:
    policy, signatory = desk.officers[Role.POLICY], desk.officers[Role.SIGNATORY]
    assert begin_directory(policy) == len(our_entries()) > 3
    assert all(entry.telephone == "" for _row, entry in our_entries())
    assert refused(begin_directory, policy) == "liaison.directory-begun"
    published = publish_directory(signatory, peer="IN")
    sent = msgspec.json.decode(bytes(Outbox.objects.get(kind="directory").payload), type=Directory)
    assert (sent.number, sent.entries) == (1, tuple(entry for _row, entry in our_entries()))
    assert published.number == 1
    assert refused(publish_directory, signatory, peer="IN") == "liaison.nothing-changed"
    keep_entry(policy, FIELDS)
    assert publish_directory(signatory, peer="IN").number == 2


def test_who_changed_an_entry_does_not_publish_it(desk: Desk) -> None:
    both = desk.officers[Role.POLICY]
    both.roles = ["policy", "signatory"]
    both.save()
    assert refused(publish_directory, both, peer="IN") == "liaison.nothing-changed"
    keep_entry(both, FIELDS)
    assert refused(publish_directory, both, peer="IN") == "liaison.own-entries"
    assert not Outbox.objects.filter(kind="directory").exists()


def test_an_entry_is_changed_taken_out_and_put_back(desk: Desk) -> None:
    policy = desk.officers[Role.POLICY]
    row = keep_entry(policy, FIELDS)
    keep_entry(policy, {**FIELDS, "telephone": ""}, entry=row)
    assert [entry.telephone for _row, entry in our_entries()] == [""]
    remove_entry(policy, row)
    assert our_entries() == []
    restore_entry(policy, row)
    assert len(our_entries()) == DirectoryEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"agency": "NCB"}, "agency"),
        ({"functions": ["gossip"]}, "functions"),
        ({"functions": []}, "functions"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"telephone": "555 0100"}, "telephone"),
        ({"email": "desk at example"}, "email"),
        ({"home": "1 Main Street"}, "home"),
    ],
)
def test_an_entry_that_is_wrong_names_its_field(desk: Desk, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(LiaisonRefused) as caught:
        keep_entry(desk.officers[Role.POLICY], {**FIELDS, **changed})
    assert caught.value.fields["field"] == field
    assert not DirectoryEntry.objects.exists()


def test_only_who_may_keeps_and_publishes(desk: Desk) -> None:
    for role, officer in desk.officers.items():
        if role is not Role.POLICY:
            with pytest.raises(NotPermitted):
                keep_entry(officer, FIELDS)
            with pytest.raises(NotPermitted):
                begin_directory(officer)
        if role is not Role.SIGNATORY:
            with pytest.raises(NotPermitted):
                publish_directory(officer, peer="IN")


def test_their_directory_is_filed_and_an_older_one_is_refused(desk: Desk) -> None:
    assert arrives(desk, "directory", theirs(2)) == ""
    held = PublishedDirectory.objects.get()
    assert (held.number, held.is_ours, msgspec.convert(held.entries, tuple[Entry, ...])[0].agency) == (2, False, "CBN")
    assert arrives(desk, "directory", theirs(2)) == "liaison.stale-directory"
    assert arrives(desk, "directory", theirs(1)) == "liaison.stale-directory"
    hiding = {"en": "De\u202esk", "fr": "x", "hi": "x"}
    assert arrives(desk, "directory", theirs(3, names=hiding)) == "liaison.hidden-characters"
    assert arrives(desk, "directory", theirs(3, home="1 Main Street")) != ""
    assert PublishedDirectory.objects.count() == 1


def test_a_directory_that_never_left_is_published_again_under_its_number(desk: Desk) -> None:
    begin_directory(desk.officers[Role.POLICY])
    signatory = desk.officers[Role.SIGNATORY]
    first = publish_directory(signatory, peer="IN")
    assert refused(publish_directory, signatory, peer="IN") == "liaison.nothing-changed"
    released = ReleasedMessage.objects.get(kind="directory")
    FOLLOWER.on_unsent([released.pk + 1], "expired")
    assert PublishedDirectory.objects.get() == first
    FOLLOWER.on_unsent([released.pk], "expired")
    assert not PublishedDirectory.objects.exists()
    assert publish_directory(signatory, peer="IN").number == first.number
