"""What the guided walk on the desks' pages needs to know of this demonstration: specimens, accounts, addresses."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from accord.cli.demo import specimens
from accord.cli.demo.nodes import NodeProcess

__all__ = ["tell_walk"]

# The file's name and shape are read by the node (accord.node.desk.walk), whose settings this process does not load.
WALK_FILE: Final = "walk.json"
MARK: Final = "SPECIMEN WALK:"
TITLE: Final = f"{MARK} a consignment declared under HS 2933.39"
QUESTION: Final = f"{MARK} was the consignor authorised to export these goods, and was a pre-export notice issued?"
NAMES: Final = {
    "liaison": "Liaison officer (specimen)",
    "releasing": "Releasing officer (specimen)",
    "duty": "Duty officer (specimen)",
    "counsel": "Counsel (specimen)",
    "reviewer": "Reviewer (specimen)",
    "administrator": "Administrator (specimen)",
}


def tell_walk(nodes: dict[str, NodeProcess], *, begins: str, roots: Path) -> None:
    """Writes the walk's file into each node's folder, readable by its owner only.

    Args:
        nodes: Both nodes by party code.
        begins: Code of the party whose desk begins the walk.
        roots: File of both root keys.
    """
    today = datetime.now(UTC).date()
    # The gate stops the draft for one thing alone, which two fields of the form cure.
    first = {name: value for name, value in specimens.cured_request(today).items() if name != "accuracy"}
    told = {
        "begins": begins,
        "mark": MARK,
        "title": TITLE,
        "desks": [
            {
                "party": code,
                "name": node.profile.capitalize(),
                "address": f"{node.api_url}/desk/",
                "accounts": {
                    role: {
                        "name": NAMES[role],
                        "username": account["username"],
                        "password": account["password"],
                    }
                    # In the order of the walk, the administrator last.
                    for role in NAMES
                    if (account := node.accounts.get(role))
                },
            }
            for code, node in nodes.items()
        ],
        "request": first | {"specification": QUESTION},
        "request_own_side": specimens.request_own_side(),
        "cure": "SPECIMEN. Read from the commercial invoice; the substance itself was not sampled.",
        "answer": specimens.answer_draft(today),
        "answer_own_side": specimens.answer_own_side(today),
        "roots": str(roots),
    }
    for node in nodes.values():
        path = node.home / WALK_FILE
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(msgspec.json.encode(told))
