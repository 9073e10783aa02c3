"""The commands of ``accord peer`` about keys: which ones count on both sides, make a new one, revoke one."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from accord.cli.node import ActingName, AsJson, Home, open_node
from accord.cli.output import print_json, say

if TYPE_CHECKING:
    from accord.channel.keyset import KeyEntry, KeysetChain

__all__ = ["app"]

app = typer.Typer()

Peer = Annotated[str, typer.Argument(help="Code of the party, such as IN.")]
KeyKind = Literal["sign", "seal", "archive", "tls"]


@app.command()
def keys(peer: Peer, *, home: Home = None, as_json: AsJson = False) -> None:
    """List the keys of both sides in one channel: id, kind, from which position on, until when, revoked."""
    open_node(home)
    from accord.cli.peer import channel_of
    from accord.parties.keysets import channel_keys

    channel = channel_of(peer)
    held = channel_keys(channel.party_code, channel.peer_id)
    sides = [_side(held.ours, epoch=channel.out_epoch), _side(held.theirs, epoch=channel.in_epoch)]
    sides[0]["signs_with"] = held.sign_key_id(channel.out_size).hex()
    if as_json:
        print_json(sides)
        return
    for side in sides:
        say(f"{side['party']} towards {side['peer']}: keyset {side['serial']}, epoch {side['epoch']}")
        say(f"  issued {side['issued_at'][:10]}, to be renewed by {side['renew_by'][:10]}")
        for key in side["keys"]:
            mark = "  signs now" if key["key_id"] == side.get("signs_with") else ""
            say(f"  {key['kind']:<8} {key['key_id']}  {_span(key)}{mark}")
        for pin in side["tls_pins"]:
            say(f"  tls      {pin}")


def _side(chain: "KeysetChain", *, epoch: int) -> dict[str, Any]:  # Any: JSON members
    from accord.channel.keys import VerifyKey
    from accord.channel.sealkeys import SealPublicKey

    latest = chain.latest
    kinds = (("sign", latest.sign_keys), ("seal", latest.seal_keys), ("archive", latest.archive_keys))
    return {
        "party": latest.party,
        "peer": latest.peer,
        "serial": latest.serial,
        "epoch": epoch,
        "issued_at": _moment(latest.issued_ms),
        "renew_by": _moment(latest.valid_until_ms),
        "keys": [
            _key(
                kind,
                entry,
                key_id=(VerifyKey if kind == "sign" else SealPublicKey).from_bytes(entry.public).key_id,
                since=_since(chain, entry),
            )
            for kind, entries in kinds
            for entry in entries
        ],
        "tls_pins": [pin.hex() for pin in latest.tls_pins],
    }


def _key(kind: str, entry: "KeyEntry", *, key_id: bytes, since: str) -> dict[str, object]:
    return {
        "key_id": key_id.hex(),
        "kind": kind,
        "since": since,
        "from_position": entry.from_position,
        "until_position": entry.until_position,
        "revoked_from": entry.revoked_from,
        "cosignatures_revoked_from": entry.cosign_revoked_from,
    }


def _since(chain: "KeysetChain", entry: "KeyEntry") -> str:
    """Returns when the first keyset that names a key was issued."""
    for keyset in chain.keysets:
        if any(one.public == entry.public for one in (*keyset.sign_keys, *keyset.seal_keys, *keyset.archive_keys)):
            return _moment(keyset.issued_ms)
    return _moment(chain.latest.issued_ms)


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).isoformat()


def _span(key: dict[str, Any]) -> str:  # Any: JSON members
    words = f"since {key['since'][:10]}, from position {key['from_position']}"
    if key["revoked_from"] is not None:
        return f"{words}, REVOKED from {key['revoked_from']} on"
    if key["until_position"] is not None:
        return f"{words}, until {key['until_position']}"
    return words


@app.command()
def rotate(
    kind: Annotated[KeyKind, typer.Argument(help="Which key.")],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Make a new key of a kind and tell every peer; the root key must be at hand."""
    open_node(home)
    from accord.cli.peer import PeerUnknown, manager
    from accord.courier.models import Channel
    from accord.courier.rotation import rotate_keys
    from accord.officers.acts import note

    officer = manager(acting)
    channels = list(Channel.objects.order_by("peer_id"))
    if not channels:
        raise PeerUnknown("This node has no peer that could be told of a new key.")
    for number, channel in enumerate(channels):
        _send(channel, lambda one=channel, is_first=number == 0: rotate_keys(one, kind, makes_new=is_first))
        note(officer, "rotate key", channel, detail={"kind": kind})
        say(f"{channel.peer_id} is told; the key comes into use when the peer has filed it.")


@app.command()
def revoke(
    peer: Peer,
    key: Annotated[str, typer.Argument(help="Identifier of our compromised signing key, as `accord peer keys` shows.")],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Revoke a signing key of ours as compromised from the next position on; earlier evidence stays good."""
    open_node(home)
    from accord.cli.peer import channel_of, manager
    from accord.courier.rotation import revoke_key
    from accord.officers.acts import note

    try:
        key_id = bytes.fromhex(key)
    except ValueError as error:
        raise typer.BadParameter("hexadecimal digits, as `accord peer keys` prints them", param_hint="KEY") from error
    officer = manager(acting)
    channel = channel_of(peer)
    _send(channel, lambda: revoke_key(channel, key_id))
    note(officer, "revoke key", channel, detail={"key_id": key})
    say(f"{peer} is told that {key} counts no more; a new signing key takes its place.")


def _send(channel: Any, signed: Any) -> None:  # Any: a model and a closure, imported late
    from django.utils import timezone

    from accord.release.keysets import send_keyset
    from accord.release.services import one_release

    with one_release():
        send_keyset(channel.peer_id, signed(), now=timezone.now())
