import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Node, make_node

FIRST = "first words of fifteen letters"
OWN = "own words of fifteen letters"


def added(node: Node, name: str, *words: str, role: str = "liaison", **said: str) -> tuple[int, str]:
    done = node.run(
        *("officer", "add", name, "--name", said.get("display", "J. Doe"), "--role", role, "--password-stdin", *words),
        stdin=f"{said.get('password', FIRST)}\n",
    )
    return done.returncode, done.stderr


def choose(node: Node, name: str, *, old: str = FIRST, new: str = OWN) -> int:
    return node.run("officer", "password", name, "--password-stdin", stdin=f"{old}\n{new}\n").returncode


def row_of(node: Node, name: str) -> dict[str, object]:
    return next(row for row in node.read("officer", "list") if row["username"] == name)


@pytest.fixture
def copied(canada: Node, tmp_path: Path) -> Node:
    shutil.copytree(canada.home, tmp_path / "copy")
    return Node(home=tmp_path / "copy", passwords=canada.passwords)


def test_an_account_opens_nothing_before_its_officer_chose_a_password_and_a_second_person_agreed(copied: Node) -> None:
    assert added(copied, "jdoe")[0] == 0
    assert (row_of(copied, "jdoe")["is_posted"], row_of(copied, "jdoe")["waits_for_second"]) == (False, True)
    early = copied.run_as("reviewer", "officer", "confirm", "jdoe")
    assert (early.returncode, "officer.own-password-missing" in early.stderr) == (2, True)
    assert choose(copied, "jdoe") == 0
    own = copied.run("officer", "confirm", "jdoe")
    assert (own.returncode, "officer.second-person-needed" in own.stderr) == (2, True)
    assert [row["name"] for row in copied.read("officer", "waiting")] == ["jdoe"]
    assert copied.run_as("reviewer", "officer", "confirm", "jdoe").returncode == 0
    assert row_of(copied, "jdoe")["is_posted"] is True


def test_an_officer_who_is_named_must_prove_who_they_are(canada: Node) -> None:
    silent = canada.run("case", "list", "--as", "liaison")
    assert (silent.returncode, "cli.secret-missing" in silent.stderr) == (2, True)
    wrong = canada.run("case", "list", "--as", "liaison", ACCORD_OFFICER_PASSWORD="something else altogether")
    assert (wrong.returncode, "officer.secret-refused" in wrong.stderr) == (2, True)
    of_another = canada.run("case", "list", "--as", "liaison", ACCORD_OFFICER_PASSWORD=canada.passwords["admin"])
    assert of_another.returncode == 2
    assert canada.run_as("liaison", "case", "list").returncode == 0


def test_the_password_may_lie_in_a_file(canada: Node, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{canada.passwords['liaison']}\r\n")
    assert canada.run("case", "list", "--as", "liaison", ACCORD_OFFICER_PASSWORD_FILE=str(file)).returncode == 0


def test_the_administrator_who_made_an_account_cannot_act_with_its_first_password(tmp_path: Path) -> None:
    node = Node(home=tmp_path / "home")
    assert make_node(node.home, ["--profile", "canada"]).returncode == 0
    assert added(node, "rel", role="releasing")[0] == 0
    done = node.run("case", "list", "--as", "rel", ACCORD_OFFICER_PASSWORD=FIRST)
    assert (done.returncode, "officer.own-password-missing" in done.stderr) == (2, True)


def test_nobody_issues_a_token_in_the_name_of_another_person(canada: Node) -> None:
    for name in ("releasing", "reviewer", "liaison"):
        done = canada.run("officer", "token", name, "--label", "x", "--as", "admin", **as_(canada, "admin"))
        assert (done.returncode, "officer.own-secret-only" in done.stderr) == (2, True)


def as_(node: Node, name: str) -> dict[str, str]:
    return {"ACCORD_OFFICER_PASSWORD": node.passwords[name]}


def test_a_person_issues_their_own_token_which_never_carries_more_than_the_roles(canada: Node) -> None:
    words = ("officer", "token", "liaison", "--label", "desk", "--json")
    issued = json.loads(canada.run(*words, **as_(canada, "liaison")).stdout)
    assert (issued["token"].startswith("accord_"), issued["waits_for_second"]) == (True, False)
    beyond = canada.run(*words, "--scope", "message.approve", **as_(canada, "liaison"))
    assert (beyond.returncode, json.loads(beyond.stderr)["code"]) == (2, "officer.scope-beyond-roles")


def test_the_token_of_a_case_system_waits_for_a_second_person(copied: Node) -> None:
    made = copied.run("officer", "add", "cms", "--name", "Case system", "--role", "liaison", "--system")
    assert made.returncode == 0, made.stderr
    assert copied.run_as("reviewer", "officer", "confirm", "cms").returncode == 0
    issued = copied.read("officer", "token", "cms", "--label", "desk")
    assert issued["waits_for_second"] is True
    (row,) = copied.read("officer", "waiting")
    assert copied.run("officer", "confirm", row["name"]).returncode == 2
    assert copied.run_as("reviewer", "officer", "confirm", row["name"]).returncode == 0
    assert copied.read("officer", "waiting") == []


def test_a_password_is_reset_by_an_administrator_and_not_between_the_only_two(copied: Node) -> None:
    between = copied.run("officer", "reset", "reviewer", "--password-stdin", stdin=f"{FIRST}\n")
    assert (between.returncode, "officer.last-second-person" in between.stderr) == (2, True)
    assert copied.run("officer", "reset", "duty", "--password-stdin", stdin=f"{FIRST}\n").returncode == 0
    assert (row_of(copied, "duty")["is_posted"], choose(copied, "duty")) == (False, 0)


def test_neither_of_the_two_who_agree_to_accounts_makes_the_other_leave(copied: Node) -> None:
    done = copied.run("officer", "end", "reviewer")
    assert (done.returncode, "officer.last-second-person" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "display", "words", "password", "code"),
    [
        ("x1", "J. \u202eeoD", (), FIRST, "officer.name-refused"),
        ("x1", "J.\u200b Doe", (), FIRST, "officer.name-refused"),
        ("j\u200bdoe", "J. Doe", (), FIRST, "officer.name-refused"),
        ("jdo\u0435", "J. Doe", (), FIRST, "officer.name-refused"),
        ("x1", " ", (), FIRST, "officer.name-refused"),
        ("LIAISON", "J. Doe", (), FIRST, "officer.name-taken"),
        ("x1", "J. Doe", ("--agency", "NOPE"), FIRST, "officer.unknown-agency"),
        ("x1", "J. Doe", ("--until", "2020-01-01"), FIRST, "officer.posting-over"),
        ("x1", "J. Doe", (), "short", "officer.password-refused"),
        ("x1", "J. Doe", (), "", "officer.password-refused"),
    ],
)
def test_an_account_that_would_mislead_or_be_weak_is_refused(
    canada: Node, name: str, display: str, words: tuple[str, ...], password: str, code: str
) -> None:
    done, said = added(canada, name, *words, display=display, password=password)
    assert (done, code in said) == (2, True), said
    assert not any(row["username"] == "x1" for row in canada.read("officer", "list"))


def test_a_name_is_kept_composed_and_hindi_joiners_stay(copied: Node) -> None:
    assert added(copied, "etienne", display="E\u0301tienne")[0] == 0
    assert added(copied, "raksha", display="\u0930\u0915\u094d\u200d\u0937\u093e")[0] == 0
    assert row_of(copied, "etienne")["display_name"] == "\u00c9tienne"
    assert row_of(copied, "raksha")["display_name"] == "\u0930\u0915\u094d\u200d\u0937\u093e"


def test_nobody_becomes_an_administrator_who_reads_content(canada: Node) -> None:
    code, said = added(canada, "both", "--role", "administrator")
    assert (code, "officer.roles-conflict" in said) == (2, True)


def test_an_officer_who_manages_no_accounts_makes_none(canada: Node) -> None:
    done = canada.run_as(
        "liaison", "officer", "add", "friend", "--name", "F", "--role", "liaison", "--password-stdin", stdin=FIRST
    )
    assert done.returncode == 2
    assert "officer.manage" in done.stderr


def test_a_posting_that_ended_is_shown_as_ended(copied: Node) -> None:
    assert copied.run("officer", "end", "duty").returncode == 0
    assert row_of(copied, "duty")["is_posted"] is False


def test_a_name_nobody_has_is_said_plainly(canada: Node) -> None:
    done = canada.run("officer", "token", "nobody", "--label", "x")
    assert done.returncode == 2
    assert "There is no officer 'nobody' at this node." in done.stderr


def test_the_office_that_decides_on_holds_is_recorded_in_the_rules_own_words(copied: Node) -> None:
    assert added(copied, "head", "--office", "The head of the agency", role="decider")[0] == 0
    unknown = copied.run("officer", "offices", "head", "--office", "The king")
    assert unknown.returncode == 2
    assert "officer.unknown-office" in unknown.stderr
    assert choose(copied, "head") == 0
    assert copied.run_as("reviewer", "officer", "confirm", "head").returncode == 0
    assert copied.run("officer", "offices", "head", "--office", "The deputy head").returncode == 0
    row = row_of(copied, "head")
    assert (row["offices"], row["waits_for_second"]) == (["The deputy head"], True)
