"""A text with the evidence of its signatures, as one file that ``accord verify --text`` checks without a node."""

import io
import json
import zipfile

from accord.courier.evidence import evidence_for
from accord.courier.models import Entry
from accord.errors import AccordError
from accord.instruments.models import Signature, Text
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.gate import our_party

__all__ = ["signed_file"]


def signed_file(officer: Officer, text: Text) -> bytes:
    """Returns a ZIP of the text's bytes, an evidence bundle of each signature, and a list of the signatures.

    A signature whose message is in no signed log yet, or whose words need an archive key that is not at hand, is listed
    without a bundle or with one that says so.

    Raises:
        NotPermitted: The officer may not read what both sides sign.
    """
    require(officer, Permission.AGREEMENT_READ)
    packed, listed = io.BytesIO(), []
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("text.json", text.content)
        for signature in text.signatures.all():
            name = "offer" if signature.is_ours == text.is_ours else "acceptance"
            bundle = _evidence(signature)
            if bundle is not None:
                file.writestr(f"{name}.accord-evidence", bundle)
            listed.append(_listed(signature, text, name, has_evidence=bundle is not None))
        file.writestr("signatures.json", json.dumps(listed, indent=2, ensure_ascii=False))
    note(officer, "export signed text", text)
    return packed.getvalue()


def _listed(signature: Signature, text: Text, name: str, *, has_evidence: bool) -> dict[str, object]:
    return {
        "party": our_party() if signature.is_ours else text.instrument.peer_id,
        "act": name,
        "signed_as": signature.signed_as,
        "at": signature.at.isoformat(),
        "envelope": str(signature.envelope_id),
        "sha256_of_the_text": bytes(text.digest).hex(),
        "evidence": f"{name}.accord-evidence" if has_evidence else None,
    }


def _evidence(signature: Signature) -> bytes | None:
    """Returns the bundle of a signature's message; nothing while it is in no signed log yet."""
    entry = Entry.objects.select_related("channel").filter(envelope_id=signature.envelope_id).first()
    if entry is None:
        return None
    try:
        return evidence_for(entry, discloses_body=True)
    except AccordError:
        return None
