"""``accord config show``: every setting of this node as it is in force, secrets masked."""

import os
from pathlib import Path

import typer

from accord.cli.node import AsJson, Home, NoSuchNode
from accord.cli.output import print_json, say

__all__ = ["app"]

app = typer.Typer(help="Show this node's settings, secrets masked.", no_args_is_help=True)


@app.callback()
def _config() -> None:
    """Show this node's settings, secrets masked."""


@app.command()
def show(home: Home = None, as_json: AsJson = False) -> None:
    """Print every setting as it is in force: node.toml first, the environment over it, secrets masked."""
    from accord.node.config import CONFIG_FILE, read_config

    if home is None:
        raise NoSuchNode("This command needs a node.")
    if not (home / CONFIG_FILE).is_file():
        raise NoSuchNode(f"{home} holds no node.", fields={"home": str(home)})
    fields = read_config(Path(home), environment=os.environ).shown()
    if as_json:
        print_json(fields)
        return
    width = max(map(len, fields))
    for name, value in fields.items():
        say(f"{name:<{width}}  {value}")
