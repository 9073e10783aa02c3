"""``accord peer``: pair with another node, tell the law gate about it, and look after the channel."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli import channel, dispute, keys, register
from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import print_json, say, write_result
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.courier.models import Channel
    from accord.officers.models import Officer
    from accord.parties.models import Party
    from accord.parties.services import Invitation

__all__ = ["PeerUnknown", "app", "channel_of", "manager"]

app = typer.Typer(help="Pair with another node and look after the channel.", no_args_is_help=True, add_completion=False)

Peer = Annotated[str, typer.Argument(help="Code of the party, such as IN.")]
InvitationFile = Annotated[Path, typer.Argument(help="The invitation that you received.", exists=True, dir_okay=False)]
Url = Annotated[
    str | None, typer.Option("--url", help="Address of our channel; node.toml's when left out; '' for parcels only.")
]
Qr = Annotated[bool, typer.Option("--qr", help="Print the words as a QR code too.")]


class PeerUnknown(OfficerCanMend):
    """No peer of that code is paired with this node."""

    code = "cli.peer-unknown"
    default_next_step = "`accord peer list` shows the peers; `accord peer invite` begins with a new one."


def manager(name: str | None) -> "Officer":
    """Returns the acting officer, who must be allowed to manage channels.

    Raises:
        NotPermitted: The officer may not.
    """
    from accord.officers.permissions import Permission, require

    officer = acting_officer(name)
    require(officer, Permission.CHANNEL_MANAGE)
    return officer


def _party(code: str) -> "Party":
    from accord.parties.models import Party

    party = Party.objects.filter(pk=code, is_self=False).first()
    if party is None:
        raise PeerUnknown(f"This node knows no peer {code[:16]!r}.")
    return party


def channel_of(code: str) -> "Channel":
    """Returns the channel with a peer.

    Raises:
        PeerUnknown: There is none.
    """
    from accord.courier.models import Channel

    found = Channel.objects.filter(peer_id=code).first()
    if found is None:
        raise PeerUnknown(f"This node has no channel with {code[:16]!r}.")
    return found


def _show_words(words: tuple[str, ...], *, qr: bool) -> None:
    for start in range(0, len(words), 4):
        say(
            "  "
            + "  ".join(f"{number + 1:>2} {words[number]:<10}" for number in range(start, min(start + 4, len(words))))
        )
    if qr:
        import segno

        segno.make(" ".join(words), error="m").terminal(compact=True)


@app.command()
def invite(
    peer: Peer,
    *,
    home: Home = None,
    acting: ActingName = None,
    url: Url = None,
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    qr: Qr = False,
) -> None:
    """Write an invitation for one party and print our words, to be compared in person."""
    open_node(home)
    from accord.officers.acts import note
    from accord.parties.custody import custody_in_use
    from accord.parties.services import make_invitation, our_words

    officer = manager(acting)
    custody = custody_in_use()
    invitation = make_invitation(peer, channel_url=_our_address() if url is None else url, custody=custody)
    write_result(out, invitation)
    note(officer, "invite peer", _party(peer))
    say(f"Wrote {out}. It holds nothing secret; send it by any way.")
    say("Our words, to be read out to the other side in person:")
    _show_words(our_words(custody), qr=qr)


def _our_address() -> str:
    from accord.node.config import load_config

    config = load_config()
    if config.channel_url:
        return config.channel_url
    if config.channel_host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared with, not bound to
        raise PeerUnknown(
            "The channel listens everywhere, so that its public address cannot be told.",
            code="cli.no-channel-url",
            next_step="Set channel_url in node.toml, or give --url.",
        )
    host = f"[{config.channel_host}]" if ":" in config.channel_host else config.channel_host
    return f"https://{host}:{config.channel_port}"


@app.command()
def read(file: InvitationFile, *, home: Home = None, qr: Qr = False, as_json: AsJson = False) -> None:
    """Say what an invitation claims; nothing of it is trusted before its words were compared."""
    open_node(home)
    invitation = _invitation(file)
    if as_json:
        print_json(
            {
                "party": invitation.party,
                "peer": invitation.peer,
                "name": invitation.profile.names.en,
                "channel_url": invitation.channel_url,
                "issued_at": invitation.issued_at.isoformat(),
                "words": list(invitation.words),
            }
        )
        return
    say(f"{invitation.party} ({invitation.profile.names.en}) invites {invitation.peer}.")
    say(f"Made {invitation.issued_at:%Y-%m-%d %H:%M} UTC; its channel: {invitation.channel_url or 'parcels only'}.")
    say("The words of the key in this file; compare them with what the other side reads out:")
    _show_words(invitation.words, qr=qr)


def _invitation(file: Path) -> "Invitation":
    from accord.parties.services import read_invitation

    return read_invitation(_bytes_of(file))


def _bytes_of(file: Path) -> bytes:
    from accord.parties.services import INVITATION_BYTES

    with file.open("rb") as source:
        return source.read(INVITATION_BYTES + 1)


@app.command()
def accept(
    file: InvitationFile,
    *,
    home: Home = None,
    acting: ActingName = None,
    words: Annotated[
        str | None,
        typer.Option("--words", help="The twelve words as the other side read them out; asked when left out."),
    ] = None,
) -> None:
    """Compare the words of a peer's key; the second person who does it pins the key and opens the channel."""
    open_node(home)
    from accord.officers.peers import take_up_peer
    from accord.parties.custody import custody_in_use
    from accord.parties.services import shared_safety_number

    officer = acting_officer(acting)
    heard = typer.prompt("The twelve words as you heard them") if words is None else words
    taken = take_up_peer(officer, _bytes_of(file), heard_words=heard)
    if taken.settled_at is None:
        say(f"You compared the words of {taken.party}. Nothing is pinned yet.")
        say("A second person hears the words too and types them: at the desk under Administration, or with")
        say(f"accord peer accept {file} --as NAME")
        return
    party = _party(taken.party)
    say(f"{party.code} is pinned and the channel is open.")
    say(f"Safety number, the same on both sides: {shared_safety_number(party, custody_in_use())}")


@app.command()
def roots(*, home: Home = None) -> None:
    """Print the root keys that are pinned here, as `accord verify --root` reads them."""
    open_node(home)
    from accord.parties.models import Party

    pinned = Party.objects.exclude(root_public=None).order_by("code")
    print_json({"roots": [{"party": one.code, "root": _base64(bytes(one.root_public or b""))} for one in pinned]})


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


for name, command in (("arrangement", register.arrangement), ("risk", register.risk)):
    app.command(name)(command)
for more in (channel, keys, dispute):
    app.registered_commands += more.app.registered_commands
