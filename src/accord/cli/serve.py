"""``accord serve``: run this node until it is told to stop."""

import typer

from accord.cli.node import Home, open_node

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def serve(home: Home = None) -> None:
    """Run this node: API, channel listener and courier, until SIGTERM or Ctrl-C."""
    open_node(home)
    from accord.node.server import serve as run

    run()
