"""``accord register``: files become versions, and who may not decide ends nothing."""

from hashlib import sha256
from pathlib import Path

from tests.cli.conftest import Node, make_node

TEXT = b"SPECIMEN assurance"
ASSURANCE = """\
code = "ASS-1"
title = "No death penalty"
given_by = "Specimen ministry"
party = "CA"
covers = ["death-penalty"]
valid_from = 2026-02-07
valid_until = 2030-02-06
reviewed_by = "lee"
reviewed_on = 2026-02-05
review = "Given by the office that can keep it."
text_sha256 = "{digest}"
"""


def test_an_assurance_is_recorded_with_its_text_and_listed(canada: Node, tmp_path: Path) -> None:
    file, text = tmp_path / "assurance.toml", tmp_path / "letter.pdf"
    text.write_bytes(TEXT)
    file.write_text(ASSURANCE.format(digest="00" * 32))
    refused = canada.run("register", "assurance", str(file), "--text", str(text))
    assert (refused.returncode, "parties.register-digest" in refused.stderr) == (2, True)
    file.write_text(ASSURANCE.format(digest=sha256(TEXT).hexdigest()))
    done = canada.run("register", "assurance", str(file), "--text", str(text))
    assert done.returncode == 0, done.stderr
    assert "A second person agrees" in done.stdout
    agreed = canada.run_as("counsel", "register", "agree", "assurance", "ASS-1")
    assert agreed.returncode == 0, agreed.stderr
    [row] = [one for one in canada.read("register", "list") if one["register"] == "assurance"]
    assert (row["code"], row["version"], row["state"]) == ("ASS-1", 1, "agreed")
    assert row["text_sha256"] == sha256(TEXT).hexdigest()
    ended = canada.run("register", "end", "assurance", "ASS-1", "--reason", "It was withdrawn.")
    assert (ended.returncode, "register.decide" in ended.stderr) == (2, True)
    unknown = canada.run("register", "agree", "assurance", "ASS-1")
    assert (unknown.returncode, "cli.no-register-entry" in unknown.stderr) == (2, True)


def test_while_nobody_may_agree_a_version_counts_at_once_and_that_is_said(tmp_path: Path) -> None:
    node = Node(home=tmp_path / "node")
    made = make_node(node.home, ["--profile", "canada"])
    assert made.returncode == 0, made.stderr
    file = tmp_path / "assurance.toml"
    file.write_text(ASSURANCE.format(digest=sha256(TEXT).hexdigest()))
    done = node.run("register", "assurance", str(file))
    assert done.returncode == 0, done.stderr
    assert "Nobody at this node may agree yet" in done.stdout
