"""What a message costs on the wire: TCP payload of both directions, counted between the two nodes.

Everything counts: TLS records and handshake, HTTP, frames, receipts and signs of life. What the peer sends back on its
own account (dispositions) travels in contacts of its own and is counted apart.
"""

from dataclasses import dataclass
from pathlib import Path

from tests.nodes.proxy import BadNetwork

from accord.cli.demo.nodes import free_port
from bench.pair import make_pair
from bench.sustained import drain, filled

__all__ = ["BATCHES", "Wire", "measure_wire"]

BATCHES = 8
BATCH = 256


@dataclass(frozen=True, kw_only=True)
class Wire:
    """Bytes between two nodes.

    Args:
        messages: Messages sent.
        batch_bytes: Bytes of the contacts that carried them and their receipts.
        return_bytes: Bytes of the contacts that carried the dispositions back.
    """

    messages: int
    batch_bytes: int
    return_bytes: int


def measure_wire(folder: Path, *, kind: str) -> Wire:
    """Sends full batches through a counting proxy and returns what passed.

    Args:
        folder: Where two nodes are made.
        kind: What the messages' text is like, see ``bench.workload``.
    """
    to_india, to_canada = free_port(), free_port()
    canada, india = make_pair(folder, addresses={("CA", "IN"): to_india, ("IN", "CA"): to_canada})
    messages = BATCHES * BATCH
    filled(canada, messages, kind=kind)
    with (
        BadNetwork(india.channel_port, port=to_india) as there,
        BadNetwork(canada.channel_port, port=to_canada) as back,
    ):
        drain(canada, india)
        return Wire(messages=messages, batch_bytes=there.bytes_on_wire, return_bytes=back.bytes_on_wire)
