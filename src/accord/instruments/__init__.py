"""Texts that both sides sign: offered by one, signed, declined or let lapse by the other, withdrawn, ended forward.

A posting, an agreed statement and a revision of the workplan differ in what they say and are alike in how two states
consent to them. So that part stands here, once.

An *instrument* is what the two sides have in common (the workplan with that peer, one posting). Its *texts* carry
numbers from 1; the one that both signed last is in force. A text is canonical bytes; its SHA-256 is what is signed.

Invariants:

* **A signature is a message in the signer's log.** Its place in a co-signed log proves origin, time and receipt; an
  evidence bundle of the offer and one of the acceptance prove the whole, offline, without a key ceremony of its own.
* **At most one text of a number is ever agreed.** While our own offer of a number stands, we cannot accept theirs; a
  withdrawal counts only once the other side has confirmed that it had not accepted before.
* An offer names the digest of the text before it, so that nobody signs against a stale one.
* Who prepared a text never signs it.
* Consent ends forward, from a day that is not past; what was agreed stays on record.

Source: Vienna Convention on the Law of Treaties (1969), articles 10 (authentication of the text), 11 (consent by
signature) and 54 to 56 (withdrawal) as a model; what is signed here is an arrangement, and says so of itself.
"""
