"""``accord verify``: what evidence bundles, proofs of two logs and whole logs prove, checked offline with root keys.

It imports the channel floor only: no node, no database, no network, no clock.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accord.cli.exits import ExitCode
from accord.cli.output import ended, print_json, say
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.channel.evidence import Verdict
    from accord.channel.keys import VerifyKey

__all__ = ["app"]

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""Largest file that is read, bytes: a message of the largest class with its proofs is far below it."""

app = typer.Typer(add_completion=False)

Files = Annotated[
    list[Path] | None, typer.Argument(metavar="[FILE]...", help="Evidence bundles, or proofs of two logs.")
]
Logs = Annotated[
    list[Path] | None,
    typer.Option(
        "--log",
        metavar="EXPORT",
        help="A whole log as `accord log export` writes it; repeatable. Two copies of one log must agree.",
    ),
]
Texts = Annotated[
    list[Path] | None,
    typer.Option("--text", metavar="ZIP", help="A text that both sides signed, as the desk hands it out; repeatable."),
]
Roots = Annotated[
    list[Path],
    typer.Option("--root", help="JSON file with the root keys that you compared in person; repeatable."),
]
Show = Annotated[
    bool,
    typer.Option("--show", help="Print what a proven message says, between its handling marks; or why it cannot be."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for a script.")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, max=1024, metavar="N", help="Processes that check the signatures of a log (every core)."
    ),
]


class FileUnreadable(OfficerCanMend):
    """A file that was named cannot be read, or is too large to be what it is said to be."""

    code = "verify.file-unreadable"
    default_next_step = "Check the name of the file and try again."


@app.command()
def verify(
    root: Roots,
    files: Files = None,
    *,
    log: Logs = None,
    text: Texts = None,
    show: Show = False,
    as_json: AsJson = False,
    workers: Workers = None,
) -> None:
    """Check evidence offline: origin, content, time and receipt of each message; or that a party signed two logs.

    With --log it checks whole logs: every entry, every signed head and every co-signature.
    With --text it checks that both parties signed the same text.
    Exits 0 only if every claim of every file holds, 1 otherwise.
    """
    named = [one for one in (files, log, text) if one]
    if not named:
        raise typer.BadParameter(
            "name evidence files, a whole log with --log, or a signed text with --text", param_hint="FILE"
        )
    if len(named) > 1:
        raise typer.BadParameter("evidence files, whole logs and signed texts are checked in a run each")
    if text:
        _verify_texts(text, root, as_json=as_json)
    if log:
        from accord.cli.whole_logs import verify_logs

        holds = verify_logs(log, _read_roots(root), as_json=as_json, workers=workers)
        ended(ExitCode.DONE if holds else ExitCode.NOT_VERIFIED)
    _verify_files(files or [], root, show=show, as_json=as_json)


def _verify_texts(files: list[Path], root: list[Path], *, as_json: bool) -> None:
    from accord.cli.signed_texts import verify_text

    roots = _read_roots(root)
    verdicts = [(file, verify_text(_read(file), roots)) for file in files]
    holds = all(verdict.ok for _, verdict in verdicts)
    if as_json:
        claims = [
            {"file": str(file), "name": one.name, "ok": one.ok, "sentence": one.sentence}
            for file, verdict in verdicts
            for one in verdict.claims
        ]
        reason = next((verdict.reason for _, verdict in verdicts if verdict.reason), None)
        print_json({"ok": holds, "claims": claims, "reason": reason})
    else:
        for file, verdict in verdicts:
            say(f"{file}: {'signed by both' if verdict.ok else 'NOT PROVEN'}")
            for one in verdict.claims:
                say(f"  {'holds' if one.ok else 'FAILS':<6} {one.name:<10} {one.sentence}")
            if verdict.reason:
                say(f"  Reason: {verdict.reason}")
    ended(ExitCode.DONE if holds else ExitCode.NOT_VERIFIED)


def _verify_files(files: list[Path], root: list[Path], *, show: bool, as_json: bool) -> None:
    from accord.channel.accusation import is_accusation, verify_accusation
    from accord.channel.evidence import contradiction_between, verify_bundle

    roots = _read_roots(root)
    contents = [_read(file) for file in files]
    results = [
        (file, verify_accusation(data, roots) if is_accusation(data) else verify_bundle(data, roots))
        for file, data in zip(files, contents, strict=True)
    ]
    contradiction = contradiction_between(contents)
    holds = contradiction is None and all(verdict.ok for _, verdict in results)
    if as_json:
        printed = _as_json(results, holds=holds)
        print_json({**printed, "reason": printed["reason"] or contradiction, **_content(results, contents, show=show)})
    else:
        _print(results, holds=holds)
        if show:
            _show(results, contents)
        if contradiction is not None:
            say(f"Contradiction: {contradiction}")
    ended(ExitCode.DONE if holds else ExitCode.NOT_VERIFIED)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            content = source.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(f"{file} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_FILE_BYTES:
        raise FileUnreadable(f"{file} is larger than {MAX_FILE_BYTES} bytes.", code="verify.file-too-large")
    return content


def _content(results: "list[tuple[Path, Verdict]]", contents: list[bytes], *, show: bool) -> dict[str, object]:
    from accord.cli.content import content_of

    if not show:
        return {}
    shown = [(file, content_of(data, verdict)) for (file, verdict), data in zip(results, contents, strict=True)]
    return {"content": [{"file": str(file), "message": one.members, "reason": one.reason} for file, one in shown]}


def _show(results: "list[tuple[Path, Verdict]]", contents: list[bytes]) -> None:
    from accord.cli.content import content_of

    for (file, verdict), data in zip(results, contents, strict=True):
        content = content_of(data, verdict)
        say()
        say(f"{file}:")
        for line in content.lines:
            say(line)
        if content.reason:
            say(content.reason)


def _read_roots(files: list[Path]) -> "Mapping[str, VerifyKey]":
    from accord.channel.evidence import TrustRoots

    roots: dict[str, VerifyKey] = {}
    for file in files:
        for party, key in TrustRoots.from_json(_read(file)).roots.items():
            if party in roots and roots[party].to_bytes() != key.to_bytes():
                raise FileUnreadable(
                    f"Two root keys are given for {party}.",
                    code="verify.roots-conflict",
                    next_step="Keep the one whose words were compared in person.",
                )
            roots[party] = key
    return roots


def _as_json(results: "list[tuple[Path, Verdict]]", *, holds: bool) -> dict[str, object]:
    claims = [
        {"file": str(file), "name": claim.name, "ok": claim.ok, "sentence": claim.sentence}
        for file, verdict in results
        for claim in verdict.claims
    ]
    return {"ok": holds, "claims": claims, "reason": _reason(results)}


def _reason(results: "list[tuple[Path, Verdict]]") -> str | None:
    for file, verdict in results:
        if not verdict.ok:
            return f"{file.name}: {verdict.reason}" if len(results) > 1 else verdict.reason
    return None


def _print(results: "list[tuple[Path, Verdict]]", *, holds: bool) -> None:
    for file, verdict in results:
        say(f"{file}: {'proven' if verdict.ok else 'NOT PROVEN'}")
        for claim in verdict.claims:
            say(f"  {'holds' if claim.ok else 'FAILS':<6} {claim.name:<10} {claim.sentence}")
        if verdict.reason:
            say(f"  Reason: {verdict.reason}")
    if len(results) > 1:
        say(f"{len(results)} bundles: {'everything holds' if holds else 'not everything holds'}.")
