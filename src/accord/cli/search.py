"""``accord search``: find words as an officer who may read them, and make the index anew."""

from typing import Annotated

import typer

from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import print_json, say

__all__ = ["app"]

app = typer.Typer(help="Find words in cases, and make the index anew.", no_args_is_help=True, add_completion=False)


@app.command("find")
def find_words(
    words: Annotated[str, typer.Argument(help="Words; what stands in quotation marks stands together.")],
    *,
    home: Home = None,
    acting: ActingName = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Texts to list.")] = 25,
    as_json: AsJson = False,
) -> None:
    """List the texts that the officer may read and in which every word stands, the newest first."""
    open_node(home)
    from accord.exchange.search.finding import Wanted, find

    found = find(acting_officer(acting), Wanted(words=words), limit=limit)
    rows = [
        {
            "subject": hit.entry.subject,
            "case": hit.entry.case.own_ref,
            "message": str(hit.message.pk) if hit.message is not None else None,
            "at": hit.entry.at.isoformat(),
            "text": "".join(piece.text for piece in hit.pieces),
        }
        for hit in found.hits
    ]
    if as_json:
        waiting = {"waiting": found.waiting, "waits_more": found.waits_more}
        print_json({"items": rows, "count": found.count, "is_more": found.is_more, **waiting})
        return
    for row in rows:
        say(f"{row['case']:<24} {row['subject']:<8} {row['text']}")
    if not rows:
        say("Nothing that this officer may read says this.")
    if found.waiting:
        more = "more than " if found.waits_more else ""
        say(f"Not looked through yet: {more}{found.waiting} that arrived just now.")


@app.command()
def rebuild(home: Home = None) -> None:
    """Make the index anew from what the node holds, as after a restored backup; search goes on meanwhile."""
    open_node(home)
    from accord.exchange.search.indexing import rebuild as make_anew

    say(f"Indexed {make_anew()} texts.")
