import json

from tests.cli.conftest import Node


def test_an_officer_is_added_and_listed(canada: Node) -> None:
    done = canada.run("officer", "add", "jdoe", "--name", "J. Doe", "--role", "liaison", "--no-password")
    assert done.returncode == 0, done.stderr
    row = next(row for row in canada.read("officer", "list") if row["username"] == "jdoe")
    assert (row["roles"], row["is_posted"]) == (["liaison"], True)


def test_a_token_is_shown_once_and_never_carries_more_than_the_roles(canada: Node) -> None:
    issued = canada.read("officer", "token", "liaison", "--label", "desk")
    assert issued["token"].startswith("accord_")
    beyond = canada.run("officer", "token", "liaison", "--label", "desk", "--scope", "message.approve", "--json")
    assert (beyond.returncode, json.loads(beyond.stderr)["code"]) == (2, "officer.scope-beyond-roles")


def test_nobody_becomes_an_administrator_who_reads_content(canada: Node) -> None:
    words = ["officer", "add", "both", "--name", "B", "--role", "liaison", "--role", "administrator", "--no-password"]
    done = canada.run(*words)
    assert done.returncode == 2
    assert "officer.roles-conflict" in done.stderr


def test_an_officer_who_manages_no_accounts_makes_none(canada: Node) -> None:
    words = ["officer", "add", "friend", "--name", "F", "--role", "liaison", "--no-password", "--as", "liaison"]
    done = canada.run(*words)
    assert done.returncode == 2
    assert "officer.manage" in done.stderr


def test_a_posting_that_ended_is_shown_as_ended(canada: Node) -> None:
    canada.run("officer", "add", "leaver", "--name", "L", "--role", "liaison", "--no-password")
    assert canada.run("officer", "end", "leaver").returncode == 0
    row = next(row for row in canada.read("officer", "list") if row["username"] == "leaver")
    assert row["is_posted"] is False


def test_a_name_nobody_has_is_said_plainly(canada: Node) -> None:
    done = canada.run("officer", "token", "nobody", "--label", "x")
    assert done.returncode == 2
    assert "There is no officer 'nobody' at this node." in done.stderr


def test_the_office_that_decides_on_holds_is_recorded_in_the_rules_own_words(canada: Node) -> None:
    words = ["officer", "add", "head", "--name", "H", "--role", "decider", "--no-password"]
    assert canada.run(*words, "--office", "The head of the agency").returncode == 0
    unknown = canada.run("officer", "offices", "head", "--office", "The king")
    assert unknown.returncode == 2
    assert "officer.unknown-office" in unknown.stderr
    assert canada.run("officer", "offices", "head", "--office", "The deputy head").returncode == 0
    row = next(row for row in canada.read("officer", "list") if row["username"] == "head")
    assert row["offices"] == ["The deputy head"]
