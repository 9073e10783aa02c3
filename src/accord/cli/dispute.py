"""The commands of ``accord peer`` for two histories and lost storage: proof, thaw, restored, abandon."""

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.node import ActingName, Home, acting_officer, open_node
from accord.cli.output import say, write_result
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
    from accord.cli.peer import channel_of
    from accord.courier import freeze
    from accord.officers.acts import note
    from accord.officers.permissions import Permission, require

    if confirm == bool(reason):
        raise typer.BadParameter("give --reason to propose, or --confirm to confirm", param_hint="--reason")
    officer = acting_officer(acting)
    require(officer, Permission.CHANNEL_THAW)
    channel = channel_of(peer)
    if confirm:
        note(officer, "confirm thaw", freeze.confirm_thaw(channel.pk, officer_id=officer.pk))
        say(f"The channel with {peer} goes on from what was co-signed.")
    else:
        note(officer, "propose thaw", freeze.propose_thaw(channel.pk, officer_id=officer.pk, reason=reason))
        say(f"Proposed. A second officer confirms it: accord peer thaw {peer} --confirm --as NAME")


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
