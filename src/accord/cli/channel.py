"""The commands of ``accord peer`` that look after a channel once it is open: stop, go on, thaw, and change keys."""

from typing import Annotated, Any, Literal

import typer

from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import print_json, say
from accord.errors import OfficerCanMend

__all__ = ["app"]

app = typer.Typer()

Peer = Annotated[str, typer.Argument(help="Code of the party, such as IN.")]
KeyKind = Literal["sign", "seal", "archive", "tls"]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept.")]


def _channel(peer: str) -> Any:  # Any: a model, imported late
    from accord.cli.peer import channel_of

    return channel_of(peer)


def _manager(name: str | None) -> Any:  # Any: a model, imported late
    from accord.cli.peer import manager

    return manager(name)


@app.command("list")
def list_channels(*, home: Home = None, as_json: AsJson = False) -> None:
    """Show each channel: mode, queue, lag, sizes on both sides, skew, last contact, alarms."""
    open_node(home)
    import msgspec

    from accord.courier.health import channel_health

    rows: list[dict[str, Any]] = msgspec.to_builtins(list(channel_health()))  # Any: JSON members
    if as_json:
        print_json(rows)
        return
    for row in rows:
        ours, theirs = row["outgoing"], row["incoming"]
        queued = sum(lane["queued"] for lane in row["lanes"])
        say(f"{row['peer']}: {row['mode']}, at {row['peer_url'] or 'no address, parcels only'}")
        say(f"  our log     {ours['size']} entries, {ours['receipted_size']} receipted, epoch {ours['epoch']}")
        say(f"              root {ours['root']}")
        say(f"  their log   {theirs['size']} entries here, {row['unhandled']} to be opened, epoch {theirs['epoch']}")
        say(f"              root {theirs['root']}")
        say(f"  queue       {queued} waiting, oldest unreceipted {row['oldest_unreceipted_seconds']:.0f} s")
        say(f"  contact     last {row['last_contact_at'] or 'never'}; {row['failures_in_a_row']} failures in a row")
        for alarm in row["alarms"]:
            say(f"  ALARM {alarm['id']}  {alarm['code']}: {alarm['detail']}")
    if not rows:
        say("This node has no peer.")


@app.command()
def acknowledge(
    alarm: Annotated[int, typer.Argument(help="Number of the alarm, as `accord peer list` shows it.")],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Record that a person has seen an alarm."""
    open_node(home)
    from accord.courier import alarms
    from accord.courier.models import Alarm
    from accord.officers.acts import note

    officer = _manager(acting)
    found = Alarm.objects.filter(pk=alarm, acknowledged_at=None).first()
    if found is None:
        raise OfficerCanMend(
            f"No alarm {alarm} waits.", code="cli.no-alarm", next_step="`accord peer list` shows them."
        )
    alarms.acknowledge(found, officer_id=officer.pk)
    note(officer, "acknowledge alarm", found)
    say(f"Alarm {alarm} is acknowledged.")


@app.command()
def suspend(peer: Peer, *, home: Home = None, acting: ActingName = None, reason: Reason) -> None:
    """Stop a channel in both directions until an officer resumes it."""
    open_node(home)
    from accord.courier import freeze
    from accord.officers.acts import note

    officer = _manager(acting)
    note(officer, "suspend channel", freeze.suspend(_channel(peer).pk, officer_id=officer.pk, reason=reason))
    say(f"The channel with {peer} is suspended.")


@app.command()
def resume(peer: Peer, *, home: Home = None, acting: ActingName = None, reason: Reason) -> None:
    """Let a channel that was suspended here go on."""
    open_node(home)
    from accord.courier import freeze
    from accord.officers.acts import note

    officer = _manager(acting)
    note(officer, "resume channel", freeze.resume(_channel(peer).pk, officer_id=officer.pk, reason=reason))
    say(f"The channel with {peer} goes on.")


@app.command()
def thaw(
    peer: Peer,
    *,
    home: Home = None,
    acting: ActingName = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; the first officer says it.")] = "",
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm what another officer proposed.")] = False,
) -> None:
    """Thaw a frozen channel: one officer proposes with --reason, a second one confirms with --confirm."""
    open_node(home)
    from accord.courier import freeze
    from accord.officers.acts import note
    from accord.officers.permissions import Permission, require

    if confirm == bool(reason):
        raise typer.BadParameter("give --reason to propose, or --confirm to confirm", param_hint="--reason")
    officer = acting_officer(acting)
    require(officer, Permission.CHANNEL_THAW)
    channel = _channel(peer)
    if confirm:
        note(officer, "confirm thaw", freeze.confirm_thaw(channel.pk, officer_id=officer.pk))
        say(f"The channel with {peer} goes on from what was co-signed.")
    else:
        note(officer, "propose thaw", freeze.propose_thaw(channel.pk, officer_id=officer.pk, reason=reason))
        say("Proposed; a second officer confirms it.")


@app.command()
def rotate(
    kind: Annotated[KeyKind, typer.Argument(help="Which key.")],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Make a new key of a kind and tell every peer; the root key must be at hand."""
    open_node(home)
    from accord.courier.models import Channel
    from accord.courier.rotation import rotate_keys
    from accord.officers.acts import note

    officer = _manager(acting)
    for number, channel in enumerate(Channel.objects.order_by("peer_id")):
        _send(channel, lambda one=channel, is_first=number == 0: rotate_keys(one, kind, makes_new=is_first))
        note(officer, "rotate key", channel, detail={"kind": kind})
        say(f"{channel.peer_id} is told; the key comes into use when the peer has filed it.")


@app.command()
def revoke(
    peer: Peer,
    key: Annotated[str, typer.Argument(help="Identifier of the compromised signing key, 16 hexadecimal digits.")],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Revoke a signing key as compromised from the next position on; earlier evidence stays good."""
    open_node(home)
    from accord.courier.rotation import revoke_key
    from accord.officers.acts import note

    try:
        key_id = bytes.fromhex(key)
    except ValueError as error:
        raise typer.BadParameter("16 hexadecimal digits", param_hint="KEY") from error
    officer = _manager(acting)
    channel = _channel(peer)
    _send(channel, lambda: revoke_key(channel, key_id))
    note(officer, "revoke key", channel, detail={"key_id": key})
    say(f"{peer} is told that {key} counts no more.")


def _send(channel: Any, signed: Any) -> None:  # Any: a model and a closure, imported late
    from django.utils import timezone

    from accord.release.keysets import send_keyset
    from accord.release.services import one_release

    with one_release():
        send_keyset(channel.peer_id, signed(), now=timezone.now())
