"""What officers of a node do about a statement, for tests with two real nodes; each command prints one JSON value.

Run as ``python -m tests.nodes.negotiating COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from accord.cli.node import open_node


def who(role: str) -> Any:
    """Returns the node's drafter or signatory, made where there is none yet."""
    from accord.officers.models import Officer

    found = Officer.objects.filter(username=f"{role}-specimen").first()
    return found or Officer.objects.create(
        username=f"{role}-specimen", display_name=f"{role} (specimen)", roles=[role], is_active=True
    )


def _clause(key: str) -> Any:
    from accord.dialogue.models import Clause

    return Clause.objects.get(pk=UUID(key))


def begin(peer: str, text: str) -> Any:
    """Begins a statement, and sends its title and a first clause."""
    from accord.dialogue.drafting import add_clause, begin_statement
    from accord.dialogue.negotiating import propose_wording

    title = {"en": "Joint statement (specimen)", "fr": "Déclaration conjointe (spécimen)"}
    statement = begin_statement(who("policy"), peer=peer, title=title)
    propose_wording(who("policy"), _clause(str(statement.pk)))
    clause = add_clause(who("policy"), statement, json.loads(text)).clause
    propose_wording(who("policy"), clause)
    return {"statement": str(statement.pk), "clause": str(clause.pk)}


def propose(clause: str, text: str) -> Any:
    """Proposes a wording of a clause, from the team of its statement."""
    from accord.dialogue.drafting import save_draft
    from accord.dialogue.negotiating import propose_wording

    _join(clause)
    save_draft(who("policy"), _clause(clause), json.loads(text))
    return {"act": str(propose_wording(who("policy"), _clause(clause)).pk)}


def _join(clause: str) -> None:
    from accord.dialogue.drafting import join_statement

    statement = _clause(clause).statement
    if not statement.members.exists():
        join_statement(who("policy"), statement)


def accept(clause: str) -> Any:
    """Accepts the other side's wording of a clause as it stands here."""
    from accord.dialogue.negotiating import accept_wording, standing_now

    _join(clause)
    theirs = standing_now(_clause(clause)).theirs
    return {"act": str(accept_wording(who("policy"), _clause(clause), digest=theirs.digest).pk)}


def stand(clause: str) -> Any:
    """Says where a clause stands here."""
    from accord.dialogue.models import Statement
    from accord.dialogue.reading import view_of

    statement = Statement.objects.get(pk=_clause(clause).statement_id)
    [view] = [one for one in view_of(who("policy"), statement).clauses if str(one.clause.pk) == clause]
    texts = [one.texts if one is not None else None for one in (view.standing.ours, view.standing.theirs)]
    return {
        "state": view.standing.state.value,
        "ours": texts[0],
        "theirs": texts[1],
        "stale": [one.is_stale for one in view.acts if not one.is_ours],
    }


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.negotiating")
    commands = {"begin": begin, "propose": propose, "accept": accept, "stand": stand}
    parser.add_argument("command", choices=tuple(commands))
    for name in ("peer", "clause", "text"):
        parser.add_argument(f"--{name}")
    asked = vars(parser.parse_args())
    command = commands[asked.pop("command")]
    open_node(Path(os.environ["ACCORD_HOME"]))
    json.dump(command(**{name: value for name, value in asked.items() if value is not None}), sys.stdout)


if __name__ == "__main__":
    main()
