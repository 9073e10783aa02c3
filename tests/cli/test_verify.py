import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from accord.channel.checkpoint import Checkpoint, cosign, sign_checkpoint
from accord.channel.evidence import EvidenceBundle
from accord.channel.log_export import LogPart
from accord.channel.merkle import Frontier, entry_leaf, inclusion_proof
from accord.channel.roots import TrustRoots
from accord.channel.seal import open_sealed
from tests.channel.logs import exported, parts_of
from tests.channel.specimens import NOW_MS, body_of, sealed_by, specimen
from tests.meta.tree import DOCS

SCHEMA = json.loads((DOCS / "schemas/verify.schema.json").read_text("utf-8"))
LOG_SCHEMA = json.loads((DOCS / "schemas/verify-log.schema.json").read_text("utf-8"))
INDEX = 2


@dataclass(frozen=True)
class Answer:
    code: int
    said: str
    error: str

    @property
    def json(self) -> Any:  # Any: the JSON that the schema describes
        found = json.loads(self.said)
        Draft202012Validator(SCHEMA).validate(found)
        return found


def verify(*words: str | Path) -> Answer:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "accord", "verify", *map(str, words)],
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def bundle() -> EvidenceBundle:
    canada, india = specimen("CA"), specimen("IN")
    envelopes = [sealed_by("CA", "IN", label=f"envelope {number}") for number in range(5)]
    leaves = [entry_leaf(one.header, one.sealed) for one in envelopes]
    frontier, _ = Frontier(size=0, peaks=()).append(leaves)
    head = Checkpoint(owner="CA", peer="IN", size=5, root=frontier.root, epoch=1, time_ms=NOW_MS)
    note = sign_checkpoint(head, canada.sign)
    shown = envelopes[INDEX]
    opened = open_sealed(shown.header, shown.sealed, india.seal)
    return EvidenceBundle(
        header=shown.header,
        sealed_digest=sha256(shown.sealed).digest(),
        index=INDEX,
        hashes=inclusion_proof(lambda level, start, count: leaves[start : start + count], INDEX, 5),
        checkpoint=note,
        receipt=cosign(note, head, india.sign, "IN", NOW_MS + 1000),
        owner_chain=canada.chain("IN").to_bytes(),
        cosigner_chain=india.chain("CA").to_bytes(),
        body=opened.body_bytes,
        salt=opened.salt,
    )


@pytest.fixture
def file(bundle: EvidenceBundle, tmp_path: Path) -> Path:
    path = tmp_path / "request.evidence"
    path.write_bytes(bundle.encode())
    return path


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    path = tmp_path / "roots.json"
    path.write_bytes(TrustRoots({code: specimen(code).root.public for code in ("CA", "IN")}).to_json())
    return path


def test_a_true_bundle_proves_origin_content_time_and_receipt(file: Path, roots: Path) -> None:
    answer = verify(file, "--root", roots, "--json")
    assert (answer.code, answer.json["ok"], answer.json["reason"]) == (0, True, None)
    assert {claim["name"] for claim in answer.json["claims"]} == {"integrity", "origin", "content", "time", "receipt"}


def test_for_a_person_every_claim_is_a_sentence(file: Path, roots: Path) -> None:
    answer = verify(file, "--root", roots)
    assert answer.code == 0
    assert "proven" in answer.said
    assert answer.said.count("\n  holds ") == 5


def test_one_flipped_bit_fails_with_a_plain_reason(file: Path, roots: Path, bundle: EvidenceBundle) -> None:
    content = bytearray(file.read_bytes())
    at = content.index(bundle.salt or b"?")
    content[at] ^= 1
    file.write_bytes(content)
    answer = verify(file, "--root", roots, "--json")
    assert (answer.code, answer.json["ok"]) == (1, False)
    assert answer.json["reason"].endswith(".")
    assert "Traceback" not in answer.error


def test_a_file_that_is_no_bundle_at_all_fails_in_the_same_shape(tmp_path: Path, roots: Path) -> None:
    (tmp_path / "noise").write_bytes(b"\xff" * 100)
    answer = verify(tmp_path / "noise", "--root", roots, "--json")
    assert (answer.code, answer.json["claims"]) == (1, [])


def test_a_bundle_without_its_content_proves_the_rest(bundle: EvidenceBundle, file: Path, roots: Path) -> None:
    file.write_bytes(replace(bundle, body=None, salt=None).encode())
    answer = verify(file, "--root", roots, "--json")
    assert answer.code == 0
    assert "content" not in {claim["name"] for claim in answer.json["claims"]}


def test_a_bundle_without_a_receipt_does_not_prove_receipt(bundle: EvidenceBundle, file: Path, roots: Path) -> None:
    file.write_bytes(replace(bundle, receipt=None).encode())
    answer = verify(file, "--root", roots, "--json")
    assert answer.code == 1
    assert [claim["name"] for claim in answer.json["claims"] if not claim["ok"]] == ["receipt"]


def test_one_bad_file_among_good_ones_fails_the_whole_and_is_named(file: Path, roots: Path, tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"noise")
    answer = verify(file, tmp_path / "noise", "--root", roots, "--json")
    assert answer.code == 1
    assert answer.json["reason"].startswith("noise: ")


def test_two_bundles_of_two_histories_contradict_each_other_though_each_holds(
    bundle: EvidenceBundle, file: Path, roots: Path, tmp_path: Path
) -> None:
    canada, india = specimen("CA"), specimen("IN")
    other = sealed_by("CA", "IN", label="the other history")
    leaves = [bytes([n]) * 32 for n in range(INDEX)] + [entry_leaf(other.header, other.sealed)]
    frontier, _ = Frontier(size=0, peaks=()).append(leaves)
    head = Checkpoint(owner="CA", peer="IN", size=frontier.size, root=frontier.root, epoch=1, time_ms=NOW_MS)
    note = sign_checkpoint(head, canada.sign)
    shown = replace(
        bundle,
        header=other.header,
        sealed_digest=sha256(other.sealed).digest(),
        hashes=inclusion_proof(lambda level, start, count: leaves[start : start + count], INDEX, len(leaves)),
        checkpoint=note,
        receipt=cosign(note, head, india.sign, "IN", NOW_MS + 1000),
        body=None,
        salt=None,
    )
    second = tmp_path / "other.evidence"
    second.write_bytes(shown.encode())
    assert verify(second, "--root", roots, "--json").code == 0
    for one, two in ((file, second), (second, file)):
        answer = verify(one, two, "--root", roots, "--json")
        assert (answer.code, answer.json["ok"]) == (1, False)
        assert all(claim["ok"] for claim in answer.json["claims"])
        assert f"different messages at position {INDEX}" in answer.json["reason"]
        said = verify(one, two, "--root", roots)
        assert said.code == 1
        assert "\nContradiction: Two bundles show different messages" in said.said
    assert verify(file, file, "--root", roots).code == 0


def test_another_partys_root_proves_nothing(file: Path, tmp_path: Path) -> None:
    strangers = {"CA": specimen("XX").root.public, "IN": specimen("IN").root.public}
    (tmp_path / "other.json").write_bytes(TrustRoots(strangers).to_json())
    assert verify(file, "--root", tmp_path / "other.json", "--json").code == 1


def test_two_roots_for_one_party_are_refused_before_anything_is_judged(file: Path, roots: Path, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_bytes(TrustRoots({"CA": specimen("XX").root.public}).to_json())
    answer = verify(file, "--root", roots, "--root", tmp_path / "other.json", "--json")
    assert (answer.code, json.loads(answer.error)["code"]) == (2, "verify.roots-conflict")


def test_a_missing_file_is_a_usage_error(roots: Path, tmp_path: Path) -> None:
    answer = verify(tmp_path / "gone", "--root", roots)
    assert answer.code == 2
    assert "cannot be read" in answer.error


def test_verification_needs_neither_django_nor_a_database(file: Path, roots: Path) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['accord', 'verify', {str(file)!r}, '--root', {str(roots)!r}]\n"
        "from accord.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print('MODULES', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"django", "sqlite3", "cedarpy", "msgspec", "urllib3"} & set(done.stdout.split("MODULES")[1].split())


def of_payload(bundle: EvidenceBundle, payload: bytes, *, handling: str = "H2") -> EvidenceBundle:
    """A bundle of a message that says just this, sent, logged and receipted as any other."""
    canada, india = specimen("CA"), specimen("IN")
    sent = sealed_by("CA", "IN", replace(body_of(), payload=payload, handling=handling), label="shown")
    leaf = entry_leaf(sent.header, sent.sealed)
    frontier, _ = Frontier(size=0, peaks=()).append([leaf])
    head = Checkpoint(owner="CA", peer="IN", size=1, root=frontier.root, epoch=1, time_ms=NOW_MS)
    note = sign_checkpoint(head, canada.sign)
    opened = open_sealed(sent.header, sent.sealed, india.seal)
    return replace(
        bundle,
        header=sent.header,
        sealed_digest=sha256(sent.sealed).digest(),
        index=0,
        hashes=(),
        checkpoint=note,
        receipt=cosign(note, head, india.sign, "IN", NOW_MS + 1000),
        body=opened.body_bytes,
        salt=opened.salt,
    )


def test_the_content_is_shown_between_its_handling_marks(bundle: EvidenceBundle, roots: Path, tmp_path: Path) -> None:
    payload = {
        "classification": {"own": "Protected B", "equivalent": "protected"},
        "caveats": ["no-death-penalty"],
        "facts": "A drum\nof \u202e1-boc \u0930\u0915\u094d\u200d\u0937\u093e",
        "items": [{"item": 1, "question": "Who?"}],
    }
    file = tmp_path / "shown"
    file.write_bytes(of_payload(bundle, json.dumps(payload).encode()).encode())
    said = verify(file, "--root", roots, "--show").said.splitlines()
    marks = [number for number, line in enumerate(said) if line.startswith("HANDLING H2: Not to be disseminated")]
    assert len(marks) == 2
    inside = said[marks[0] : marks[1]]
    assert "CLASSIFICATION Protected B (equivalent: protected)" in inside
    assert "CAVEAT no-death-penalty" in inside
    assert any("<U+202E>1-boc \u0930\u0915\u094d\u200d\u0937\u093e" in line for line in inside)
    assert any("question: Who?" in line for line in inside)
    assert verify(file, "--root", roots).said.find("Who?") == -1
    (member,) = verify(file, "--root", roots, "--show", "--json").json["content"]
    assert member["message"]["payload"] == payload


def test_why_a_content_cannot_be_shown_is_said(bundle: EvidenceBundle, roots: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept-back"
    file.write_bytes(replace(bundle, body=None, salt=None).encode())
    assert "--without-content" in verify(file, "--root", roots, "--show").said
    assert bundle.salt is not None
    file.write_bytes(replace(bundle, salt=bytes(32)).encode())
    (member,) = verify(file, "--root", roots, "--show", "--json").json["content"]
    assert member["message"] is None
    assert "committed to" in member["reason"]


def log_file(folder: Path, name: str, *parts: LogPart, size: int | None = None) -> Path:
    path = folder / name
    path.write_bytes(exported(parts, size=size))
    return path


def verify_log(*words: str | Path) -> tuple[int, Any]:
    answer = verify(*(word for path in words[1:] for word in ("--log", path)), "--root", words[0], "--json")
    found = json.loads(answer.said)
    Draft202012Validator(LOG_SCHEMA).validate(found)
    return answer.code, found


def test_a_whole_log_is_checked_and_what_was_read_is_said(tmp_path: Path, roots: Path) -> None:
    file = log_file(tmp_path, "whole.log", *parts_of((2, 3)))
    code, found = verify_log(roots, file)
    assert (code, found["ok"], found["logs"][0]["cosigned_entries"]) == (0, True, 5)
    said = verify("--log", file, "--root", roots).said
    assert "the whole log holds" in said
    assert "2 co-signatures of IN hold, the last over 5 entries at 2026-09-21" in said
    assert "compare the other side's copy" in said


def test_a_log_with_a_flipped_bit_or_a_dropped_entry_fails_in_plain_words(tmp_path: Path, roots: Path) -> None:
    first, second, third = parts_of((2, 3, 1))
    changed = replace(second, digests=(*second.digests[:-1], bytes(32)))
    code, found = verify_log(roots, log_file(tmp_path, "bit.log", first, changed, third))
    assert (code, found["logs"][0]["fault"], found["logs"][0]["heads"]) == (1, "changed", 1)
    code, found = verify_log(roots, log_file(tmp_path, "gap.log", first, third))
    assert (code, found["reason"]) == (1, "Entries 2 to 4 of the log of CA towards IN are missing.")
    said = verify("--log", tmp_path / "gap.log", "--root", roots)
    assert (said.code, "DOES NOT HOLD" in said.said, "Traceback" in said.error) == (1, True, False)


def test_two_copies_of_one_log_must_agree(tmp_path: Path, roots: Path) -> None:
    ours = log_file(tmp_path, "ours.log", *parts_of((2, 3, 1)))
    theirs = log_file(tmp_path, "theirs.log", *parts_of((2, 3)))
    assert verify_log(roots, ours, theirs)[0] == 0
    fork = log_file(tmp_path, "fork.log", *parts_of((2, 4), label=lambda n: "fork" if n == 4 else ""))
    assert verify_log(roots, fork)[0] == 0
    code, found = verify_log(roots, fork, theirs)
    assert (code, [one["fault"] for one in found["logs"]]) == (1, ["other-history", None])
    assert "fork.log and theirs.log are not one log" in found["reason"]


def test_a_log_and_a_bundle_are_two_runs_and_nothing_is_none(file: Path, roots: Path, tmp_path: Path) -> None:
    log = log_file(tmp_path, "whole.log", *parts_of((1,)))
    assert verify(file, "--log", log, "--root", roots).code == 2
    assert verify("--root", roots).code == 2
    missing = verify("--log", tmp_path / "none.log", "--root", roots)
    assert (missing.code, "verify.file-unreadable" in missing.error) == (2, True)


def test_a_long_log_is_checked_by_several_processes_with_the_answer_of_one(tmp_path: Path, roots: Path) -> None:
    parts = list(parts_of([1] * 400))  # long enough that processes are started
    damaged = [*parts]
    for at in (380, 390):
        note = parts[at].receipt or b""
        damaged[at] = replace(parts[at], receipt=note[:-60] + note[-56:-60] + note[-56:])
    whole, broken = log_file(tmp_path, "whole.log", *parts), log_file(tmp_path, "broken.log", *damaged)
    for file, code in ((whole, 0), (broken, 1)):
        one, two = (verify("--log", file, "--root", roots, "--workers", n, "--json") for n in ("1", "2"))
        assert (one.code, one.error) == (code, "")
        assert two == one
    assert "over the log of 381 entries" in json.loads(one.said)["reason"]
