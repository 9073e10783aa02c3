"""The commands of ``accord peer`` that look after a channel once it is open: see, acknowledge, stop, go on."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli.node import ActingName, AsJson, Home, open_node
from accord.cli.output import print_json, say
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.courier.models import Channel, ModeChange

__all__ = ["app"]

app = typer.Typer()

SHOWN_CHANGES = 10
"""Changes of a channel's mode that `accord peer show` prints: the story of the last incident or two."""

Peer = Annotated[str, typer.Argument(help="Code of the party, such as IN.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept and shown.")]


@app.command("list")
def list_channels(*, home: Home = None, as_json: AsJson = False) -> None:
    """Show each channel: mode and why, queue, lag, sizes on both sides, skew, last contact, alarms."""
    open_node(home)
    from accord.courier.models import Channel

    rows = [_row(channel) for channel in Channel.objects.order_by("peer_id")]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        _tell(row)
    if not rows:
        say("This node has no peer.")


@app.command()
def show(peer: Peer, *, home: Home = None, as_json: AsJson = False) -> None:
    """Show one channel whole: as `accord peer list`, and who changed its mode, when and why."""
    open_node(home)
    from accord.cli.peer import channel_of
    from accord.courier.models import ModeChange

    channel = channel_of(peer)
    changes = [_change(one) for one in ModeChange.objects.filter(channel=channel)[:SHOWN_CHANGES]]
    row = {**_row(channel), "mode_changes": changes}
    if as_json:
        print_json(row)
        return
    _tell(row)
    for change in changes:
        by = " and ".join(name for name in (change["proposed_by"], change["confirmed_by"]) if name) or "the node"
        state = "" if change["confirmed_at"] else " (waits for a second officer)" if change["waits"] else " (lapsed)"
        say(f"  {change['proposed_at'][:16]}  {change['from_mode']} to {change['to_mode']}{state}, by {by}")
        say(f"              {change['reason']}")


def _row(channel: "Channel") -> dict[str, Any]:  # Any: JSON members
    import msgspec

    from accord.courier.health import channel_health
    from accord.courier.models import ModeChange

    (health,) = channel_health(channel)
    row: dict[str, Any] = msgspec.to_builtins(health)
    last = ModeChange.objects.filter(channel=channel, to_mode=channel.mode, confirmed_at__isnull=False).first()
    return {**row, "mode_change": None if last is None else _change(last)}


def _change(change: "ModeChange") -> dict[str, Any]:  # Any: JSON members
    from accord.courier.remedies import Remedy, standing

    return {
        "from_mode": change.from_mode,
        "to_mode": change.to_mode,
        "reason": change.reason,
        "proposed_at": change.proposed_at.isoformat(),
        "proposed_by": _name(change.proposed_by),
        "confirmed_at": change.confirmed_at.isoformat() if change.confirmed_at else None,
        "confirmed_by": _name(change.confirmed_by),
        "waits": change.confirmed_at is None and change == standing(change.channel, Remedy(change.remedy)),
    }


def _name(officer_id: int | None) -> str | None:
    from accord.officers.models import Officer

    found = Officer.objects.filter(pk=officer_id).first() if officer_id is not None else None
    return None if found is None else found.username


def _tell(row: dict[str, Any]) -> None:  # Any: JSON members
    ours, theirs = row["outgoing"], row["incoming"]
    queued = sum(lane["queued"] for lane in row["lanes"])
    say(f"{row['peer']}: {row['mode']}, at {row['peer_url'] or 'no address, parcels only'}")
    if row["mode"] != "open" and row["mode_change"] is not None:
        change = row["mode_change"]
        say(f"  {row['mode']:<11} since {change['proposed_at'][:16]}: {change['reason']}")
    if row["peer_suspended_at"]:
        say(f"  suspended   by officers of {row['peer']} since {row['peer_suspended_at'][:16]}")
    say(f"  our log     {ours['size']} entries, {ours['receipted_size']} receipted, epoch {ours['epoch']}")
    say(f"              root {ours['root']}")
    say(f"  their log   {theirs['size']} entries here, {row['unhandled']} to be opened, epoch {theirs['epoch']}")
    say(f"              root {theirs['root']}")
    say(f"  queue       {queued} waiting, oldest unreceipted {row['oldest_unreceipted_seconds']:.0f} s")
    say(f"  contact     last {row['last_contact_at'] or 'never'}; {row['failures_in_a_row']} failures in a row")
    if row["last_failure_code"]:
        say(f"              last failure {row['last_failure_at']}: {row['last_failure_code']}")
    for alarm in row["alarms"]:
        say(f"  ALARM {alarm['id']}  {alarm['code']}: {alarm['detail']}")
        say(f"              {alarm['count']} times since {alarm['raised_at'][:16]}, last {alarm['last_seen_at'][:16]}")


@app.command()
def acknowledge(
    alarm: Annotated[int, typer.Argument(help="Number of the alarm, as `accord peer list` shows it.")],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Record that a person has seen an alarm."""
    open_node(home)
    from accord.cli.peer import manager
    from accord.courier import alarms
    from accord.courier.models import Alarm
    from accord.officers.acts import note

    officer = manager(acting)
    found = Alarm.objects.filter(pk=alarm, acknowledged_at=None).first()
    if found is None:
        raise OfficerCanMend(
            f"No alarm {alarm} waits.",
            code="cli.no-alarm",
            next_step="`accord peer list` and `accord doctor` show them.",
        )
    alarms.acknowledge(found, officer_id=officer.pk)
    note(officer, "acknowledge alarm", found)
    say(f"Alarm {alarm} is acknowledged.")


@app.command()
def suspend(peer: Peer, *, home: Home = None, acting: ActingName = None, reason: Reason) -> None:
    """Stop a channel in both directions until an officer resumes it."""
    open_node(home)
    from accord.cli.peer import channel_of, manager
    from accord.courier import freeze
    from accord.officers.acts import note

    officer = manager(acting)
    note(officer, "suspend channel", freeze.suspend(channel_of(peer).pk, officer_id=officer.pk, reason=reason))
    say(f"The channel with {peer} is suspended.")


@app.command()
def resume(peer: Peer, *, home: Home = None, acting: ActingName = None, reason: Reason) -> None:
    """Let a channel that was suspended here go on."""
    open_node(home)
    from accord.cli.peer import channel_of, manager
    from accord.courier import freeze
    from accord.officers.acts import note

    officer = manager(acting)
    note(officer, "resume channel", freeze.resume(channel_of(peer).pk, officer_id=officer.pk, reason=reason))
    say(f"The channel with {peer} goes on.")
