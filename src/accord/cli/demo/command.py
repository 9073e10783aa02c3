"""The ``accord demo`` command: sets two nodes up, plays the story, leaves both up or stops."""

import json
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from accord.cli.demo import specimens
from accord.cli.demo.nodes import NodeProcess
from accord.cli.demo.playing import Story
from accord.cli.demo.story import play
from accord.cli.demo.timeline import Timeline
from accord.cli.demo.walk import tell_walk
from accord.cli.exits import ExitCode
from accord.errors import AccordError, OfficerCanMend

__all__ = ["app"]

DEFAULT_HOME: Final = Path(".demo")
DEFAULT_PORTS: Final = "8110,8120"
STOPS: Final = (signal.SIGTERM, signal.SIGHUP)
SIDES: Final = {"canada": "CA", "india": "IN"}
BEGINS: Final = "CA"
"""Whose desk begins the guided walk: the specimen request is written for its law."""
MARK: Final = "accord-demo"
"""A file that says a folder was made by the demonstration, so that ``--reset`` never empties another one."""

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Play the story and stop; exit 0 only if all is verified.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; implies --once.")] = False,
    home: Annotated[Path, typer.Option("--home", help="Folder that holds both nodes.")] = DEFAULT_HOME,
    ports: Annotated[str, typer.Option("--ports", help="API ports of Canada's and India's node.")] = DEFAULT_PORTS,
    reset: Annotated[bool, typer.Option("--reset", help="Start anew: the demonstration's data are deleted.")] = False,
) -> None:
    """Play one lawful request between two nodes on this machine."""
    console = Console(quiet=as_json, highlight=False)
    timeline = Timeline(console=console)
    nodes: list[NodeProcess] = []
    is_replay = False
    try:
        with _terminated_like_interrupted():
            home = home.absolute()
            is_replay = _ready_folder(home, reset=reset)
            _set_up(nodes, home, _two_ports(ports), timeline)
            story = Story(canada=nodes[0], india=nodes[1], folder=home, roots=home / "roots.json")
            if is_replay and not (once or as_json):
                console.print(f"\nFound the data of an earlier run in {home}; RESET=1 starts anew.")
            else:
                play(story, timeline)
                console.print(f"\n{_verdict(timeline)}", style="bold")
            if not (once or as_json):
                _leave_up(nodes, console, home)
    except AccordError as error:
        if not timeline.steps or timeline.ok:
            raise
        console.print(f"\n{error.sentence}\nNext step: {error.next_step}")
        console.print(f"\n{_verdict(timeline)}", style="bold")
    except KeyboardInterrupt:
        console.print("\nStopping both nodes.")
    finally:
        for node in nodes:
            node.stop()
    if as_json:
        sys.stdout.write(json.dumps(timeline.to_json(), ensure_ascii=False, indent=1) + "\n")
    if timeline.steps and not timeline.ok:
        raise typer.Exit(int(ExitCode.NOT_VERIFIED))


def _verdict(timeline: Timeline) -> str:
    failed = [step.name for step in timeline.steps if not step.ok]
    if not failed:
        return f"Verdict: all {len(timeline.steps)} steps were verified."
    return f"Verdict: NOT VERIFIED, {len(failed)} of {len(timeline.steps)} steps failed: {', '.join(failed)}."


def _two_ports(ports: str) -> tuple[int, int]:
    words = ports.split(",")
    numbers = [int(word) for word in words if word.strip().isdecimal()]
    if len(words) != 2 or len(numbers) != 2 or len(set(numbers)) != 2 or not all(1024 <= n <= 65535 for n in numbers):
        raise OfficerCanMend(
            "--ports takes two different numbers from 1024 to 65535, such as 8110,8120.",
            code="demo.ports",
            fields={"field": "--ports"},
        )
    return numbers[0], numbers[1]


def _ready_folder(home: Path, *, reset: bool) -> bool:
    """Makes the folder ready and returns whether it holds an earlier run."""
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        raise OfficerCanMend(
            f"{home} is not a folder of the demonstration.", code="demo.folder", next_step="Name another with --home."
        )
    is_whole = all((home / name / "demo.json").exists() for name in SIDES) and (home / "roots.json").exists()
    if is_whole and reset and any(NodeProcess.opened(home / name).is_up() for name in SIDES):
        raise OfficerCanMend(
            f"The nodes in {home} are still running.", code="demo.running", next_step="Stop them first, with Ctrl-C."
        )
    if home.exists() and (reset or not is_whole):
        shutil.rmtree(home)
        is_whole = False
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / MARK).touch()
    return is_whole


def _set_up(nodes: list[NodeProcess], home: Path, ports: tuple[int, int], timeline: Timeline) -> None:
    """Makes or opens both nodes and starts them; ``nodes`` holds them from the first moment, to be stopped."""
    if all((home / name / "demo.json").exists() for name in SIDES):
        nodes += [NodeProcess.opened(home / name) for name in SIDES]
    else:
        timeline.heading("0  Two sovereign nodes: each its own folder, database, keys and law")
        with timeline.step("init", "Canada and India each make a node") as saw:
            with ThreadPoolExecutor() as both:
                nodes += both.map(lambda name, port: NodeProcess.made(home / name, name, port), SIDES, ports)
            saw("Specimen accounts on each: liaison, releasing, duty, counsel, reviewer, administrator.")
        with timeline.step("pair", "They exchange invitations and compare fingerprint words") as saw:
            saw(_paired(home, nodes))
    tell_walk(dict(zip(SIDES.values(), nodes, strict=True)), begins=BEGINS, roots=home / "roots.json")
    with timeline.step("start", "Both nodes start") as saw:
        saw(", ".join(f"{node.profile} {node.start():.1f} s" for node in nodes))


def _paired(home: Path, nodes: list[NodeProcess]) -> str:
    codes = list(SIDES.values())
    invitations = [home / f"invitation-of-{code}.json" for code in codes]
    with ThreadPoolExecutor() as both:
        list(both.map(_invite, nodes, reversed(codes), invitations))
        list(both.map(_accept, nodes, reversed(nodes), reversed(codes), reversed(invitations)))
    (home / "roots.json").write_text(nodes[0].run("peer", "roots"))
    return "; ".join(f"{code} reads out: {' '.join(node.words)}" for code, node in zip(codes, nodes, strict=True))


def _invite(node: NodeProcess, peer: str, file: Path) -> None:
    node.run("peer", "invite", peer, "--out", str(file))


def _accept(node: NodeProcess, other: NodeProcess, peer: str, file: Path) -> None:
    today = datetime.now(UTC).date()
    for role in ("administrator", "reviewer"):
        node.run_as(role, "peer", "accept", str(file), "--words", " ".join(other.words))
    arrangement = node.home / "arrangement.toml"
    arrangement.write_text(specimens.arrangement_toml(today))
    node.run("peer", "arrangement", str(arrangement))
    node.run("peer", "risk", peer, *specimens.risk_options(today))
    # What the gate relies on counts once a second person has agreed to it.
    for register, code in (("arrangement", specimens.ARRANGEMENT_ID), ("risk", peer)):
        node.run_as("counsel", "register", "agree", register, code)


def _leave_up(nodes: list[NodeProcess], console: Console, home: Path) -> None:
    for node in nodes:
        console.print(f"\n{node.profile.capitalize()}: officers' desk at {node.api_url}/desk/", style="bold")
        console.print(f"  interactive API documentation at {node.docs_url}")
        console.print("Specimen accounts of this machine: user name, password (desk), token (API).")
        for role, account in node.accounts.items():
            # One unbroken line an account, so that a token can be copied whole.
            words = f"  {role:<13} {account['username']:<10} {account['password']:<25} {account['token']}"
            console.print(words, soft_wrap=True, markup=False, highlight=False)
    first = next(node for node, code in zip(nodes, SIDES.values(), strict=True) if code == BEGINS)
    console.print(f"\nStart here: {first.api_url}/desk/ has a guided walk of two minutes on its page.", style="bold")
    console.print(f"\nBoth nodes are up since {datetime.now(UTC):%H:%M:%S} UTC; data in {home}. Ctrl-C stops both.")
    while all(node.process is not None and node.process.poll() is None for node in nodes):
        with suppress(subprocess.TimeoutExpired):
            nodes[0].process.wait(timeout=0.5)  # type: ignore[union-attr]  # the loop's condition
    console.print("A node has ended by itself; its log is in its folder.")


class _terminated_like_interrupted:  # noqa: N801 - reads as a with-statement
    """Turns SIGTERM and a closed terminal into KeyboardInterrupt, so that both nodes are stopped cleanly."""

    def __enter__(self) -> None:
        self._before = {number: signal.getsignal(number) for number in STOPS}
        if threading.current_thread() is threading.main_thread():
            for number in STOPS:
                signal.signal(number, self._interrupt)

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            for number, before in self._before.items():
                signal.signal(number, before)

    @staticmethod
    def _interrupt(*_: object) -> None:
        raise KeyboardInterrupt
