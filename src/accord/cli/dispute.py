"""The commands of ``accord peer`` for two histories and lost storage: what is proven, and what officers may do."""

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import print_json, say, write_result
from accord.errors import OfficerCanMend

__all__ = ["app"]

app = typer.Typer()

Peer = Annotated[str, typer.Argument(help="Code of the party, such as IN.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept and shown.")]


class NoProof(OfficerCanMend):
    """Nothing contradicts either log of this channel."""

    code = "cli.no-proof"
    default_next_step = "`accord peer show` says why a channel stands still; only two histories leave a proof."


@app.command()
def proof(
    peer: Peer,
    *,
    home: Home = None,
    acting: ActingName = None,
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
) -> None:
    """Write the newest proof of two histories to a file that `accord verify` checks offline."""
    open_node(home)
    from accord.channel.accusation import encode_accusation
    from accord.channel.equivocation import decode_equivocation, stated
    from accord.cli.peer import channel_of, manager
    from accord.courier.models import Contradiction
    from accord.officers.acts import note
    from accord.parties.keysets import channel_keys

    officer = manager(acting)
    channel = channel_of(peer)
    found = Contradiction.objects.filter(channel=channel).order_by("-proven_at", "-pk").first()
    if found is None:
        raise NoProof(f"No two histories are proven in the channel with {peer}.")
    keys = channel_keys(channel.party_code, channel.peer_id)
    owner = stated(decode_equivocation(bytes(found.proof)).smaller).owner
    chains = (keys.theirs, keys.ours) if owner == peer else (keys.ours, keys.theirs)
    write_result(out, encode_accusation(bytes(found.proof), owner_chain=chains[0], cosigner_chain=chains[1]))
    note(officer, "export proof", channel, detail={"log": owner, "note": bytes(found.note_digest).hex()})
    say(f"Wrote {out}: two histories of the log of {owner}. Check it with `accord verify {out} --root ROOTS.json`.")


Why = Annotated[str, typer.Option("--reason", help="Why, in a sentence; the first officer says it.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Confirm what another officer proposed.")]


@app.command()
def thaw(
    peer: Peer, *, home: Home = None, acting: ActingName = None, reason: Why = "", confirm: Confirm = False
) -> None:
    """Thaw a frozen channel: one officer proposes with --reason, a second one confirms with --confirm."""
    if _two_officers("thaw", peer, home=home, acting=acting, reason=reason, confirm=confirm):
        say(f"The channel with {peer} goes on from what was co-signed.")


@app.command("give-up")
def give_up(
    peer: Peer, *, home: Home = None, acting: ActingName = None, reason: Why = "", confirm: Confirm = False
) -> None:
    """End a recovery although entries of our log are missing: neither side holds them any more.

    One officer proposes with --reason, a second one confirms with --confirm. An alarm names the lost positions.
    """
    if _two_officers("give-up", peer, home=home, acting=acting, reason=reason, confirm=confirm):
        say(f"The channel with {peer} goes on without the entries that both sides lost; an alarm names them.")


@app.command("begin-again")
def begin_again(
    peer: Peer, *, home: Home = None, acting: ActingName = None, reason: Why = "", confirm: Confirm = False
) -> None:
    """Let our log begin again from what the peer co-signed: both sides lost storage, and the two copies do not fit.

    One officer proposes with --reason, a second one confirms with --confirm. What leaves our log is archived with its
    receipts (`accord peer archived`), and every message goes out again that the peer's copy does not hold.
    """
    if _two_officers("begin-again", peer, home=home, acting=acting, reason=reason, confirm=confirm):
        say(f"Our log towards {peer} begins again from the copy that {peer} co-signed; it is fetched now.")


def _two_officers(remedy: str, peer: str, *, home: Path | None, acting: str | None, reason: str, confirm: bool) -> bool:
    """Records one officer's word for a remedy, and returns whether it was the second and the remedy is carried out."""
    open_node(home)
    from accord.cli.peer import channel_of
    from accord.courier.remedies import Remedy
    from accord.officers.channel_acts import confirm_remedy, propose_remedy

    if confirm == bool(reason):
        raise typer.BadParameter("give --reason to propose, or --confirm to confirm", param_hint="--reason")
    officer = acting_officer(acting)
    channel, wanted = channel_of(peer), Remedy(remedy)
    if confirm:
        confirm_remedy(officer, channel, wanted)
        return True
    propose_remedy(officer, channel, wanted, reason=reason)
    say("Proposed. A second officer confirms it by the same command, with --confirm and their own name behind --as.")
    return False


@app.command()
def archived(
    peer: Peer,
    *,
    home: Home = None,
    acting: ActingName = None,
    as_json: AsJson = False,
    position: Annotated[
        int | None, typer.Option("--position", min=0, help="Write the evidence of the entry at this position.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
) -> None:
    """List entries that left our log though a receipt covered them, or write one's evidence for `accord verify`."""
    open_node(home)
    from accord.cli.peer import channel_of, manager
    from accord.courier import archive
    from accord.officers.acts import note

    channel = channel_of(peer)
    if (position is None) != (out is None):
        raise typer.BadParameter("--position and --out go together", param_hint="--position")
    if position is not None and out is not None:
        officer = manager(acting)
        entry = archive.archived_entry(channel, position)
        # Whoever looks after channels reads no content, so the body stays undisclosed.
        write_result(out, archive.archived_evidence(entry))
        note(officer, "export evidence of an archived entry", channel, detail={"position": position})
        say(f"Wrote {out}: the entry that stood at position {position}. Check it with `accord verify`.")
        return
    rows = [
        {
            "position": entry.position,
            "envelope_id": str(entry.envelope_id),
            "recorded_at": entry.recorded_at.isoformat(),
            "archived_at": entry.archived_at.isoformat(),
        }
        for entry in archive.archived_entries(channel)
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say(f"{row['position']:>8}  {row['envelope_id']}  recorded {row['recorded_at']}, left {row['archived_at']}")
    if not rows:
        say(f"No receipted entry ever left the log towards {peer}.")


@app.command()
def restored(
    *,
    home: Home = None,
    acting: ActingName = None,
    reason: Reason,
) -> None:
    """Say that an older copy of the storage was put back: every log of ours begins a new epoch.

    Run it after a restore and before the node starts.
    """
    open_node(home)
    from accord.cli.peer import manager
    from accord.courier import freeze
    from accord.courier.models import Channel
    from accord.node.server import home_is_free
    from accord.officers.acts import note

    officer = manager(acting)
    with home_is_free():
        for channel in Channel.objects.order_by("peer_id"):
            changed = freeze.declare_restored(channel.pk, officer_id=officer.pk, reason=reason)
            note(officer, "declare restored", changed, detail={"epoch": changed.out_epoch})
            say(f"{channel.peer_id}: epoch {changed.out_epoch} begins at {changed.out_size} entries.")
    say("Start the node; it hears the peers first, and fetches what it lost. Tell the peers' operators of the restore.")
