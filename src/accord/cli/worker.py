"""``accord worker``: run the channel, the courier and the intake alone, beside API processes that run elsewhere."""

import typer

from accord.cli.node import Home, open_node

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def worker(home: Home = None) -> None:
    """Run the channel, the courier and the intake alone, until SIGTERM or Ctrl-C."""
    open_node(home)
    from accord.node.server import work as run

    run()
