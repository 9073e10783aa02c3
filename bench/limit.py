"""The limit: what the whole path would cost if everything but the primitives were free.

No interpreter, no object mapping, no HTTP, no scheduling: only the signatures, seals, gates, hashes, compressions and
commits that the promise needs. The distance between the limit and the measured path is what is ours to win.
"""

from dataclasses import dataclass

from bench.primitives import BATCH, Primitives
from bench.results import Figure

__all__ = ["Limit", "limit_of"]

PROCESSES = 2
"""Two nodes, and two cores for them: the machine of the promise."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The cost of one message from its decision to its filing, in microseconds of primitives.

    Args:
        alone_to_receipt: On the path from the decision to the receipt on file, one message waiting for nothing else.
        alone_both_sides: All the work of both nodes for that message, gate at use and filing included.
        batch_sender: The sender's work a message in a full batch.
        batch_receiver: The receiver's work a message in a full batch.
        batch: Messages of that batch.
    """

    alone_to_receipt: float
    alone_both_sides: float
    batch_sender: float
    batch_receiver: float
    batch: int

    @property
    def alone_rate(self) -> float:
        """Messages a second, each sent when the receipt of the one before is on file."""
        return 1e6 / self.alone_to_receipt

    @property
    def batch_rate(self) -> float:
        """Messages a second in full batches, the two nodes working side by side on a core each."""
        return 1e6 / max(self.batch_sender, self.batch_receiver)

    def figures(self) -> list[Figure]:
        """Returns the limits as figures."""
        return [
            Figure(name="limit.alone_to_receipt", value=self.alone_to_receipt / 1e3, unit="ms"),
            Figure(name="limit.alone_rate", value=self.alone_rate, unit="messages/s"),
            Figure(name="limit.alone_both_sides_cpu", value=self.alone_both_sides / 1e3, unit="ms"),
            Figure(name="limit.batch_sender_cpu", value=self.batch_sender, unit="µs"),
            Figure(name="limit.batch_receiver_cpu", value=self.batch_receiver, unit="µs"),
            Figure(name="limit.batch_rate", value=self.batch_rate, unit="messages/s"),
        ]


def limit_of(p: Primitives) -> Limit:
    """Returns the limit that these primitives set, for a message alone and in full batches."""
    sign = p.ed25519_sign + p.mldsa65_sign
    verify = p.ed25519_verify + p.mldsa65_verify
    # Decide and seal: facts to decision, payload to bytes, compress, encrypt, wrap the key, commit to salt and leaf.
    decide = p.cedar_decision + p.msgspec_encode
    seal = p.deflate_4k + p.aes256gcm_4k + p.xwing_seal + 2 * p.sha256_4k + p.sha256_node
    # Use: unwrap, decrypt, inflate, check the commitment, decode, decide again.
    use = p.xwing_open + p.aes256gcm_4k + p.inflate_4k + p.sha256_4k + p.msgspec_decode + p.cedar_decision
    leaf = p.sha256_4k + 2 * p.sha256_node
    to_receipt = (
        (decide + seal + leaf + sign + p.sqlite_commit_spaced)  # the decision, the outbox row, and the log's entry
        + (verify + leaf + sign + p.sqlite_commit_spaced)  # the peer verifies, stores and co-signs
        + (verify + p.sqlite_commit_spaced)  # the receipt on file
    )
    # Released one by one (each decision its own commit), flushed and stored by the batch.
    sender = (
        decide + p.sqlite_commit_1 + seal + leaf + p.sqlite_row_in_256 + (sign + verify + p.sqlite_commit_1) / BATCH
    )
    # The waiting outbox is the start of the sustained figure, so its decisions were taken before the clock started.
    flushing = sender - decide - p.sqlite_commit_1
    receiver = leaf + p.sqlite_row_in_256 + (verify + sign) / BATCH + use + p.sqlite_row_in_256
    return Limit(
        alone_to_receipt=to_receipt,
        alone_both_sides=to_receipt + use + p.sqlite_commit_1,
        batch_sender=flushing,
        batch_receiver=receiver,
        batch=BATCH,
    )
