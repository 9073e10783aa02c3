"""What the drugs workstream keeps: one module a noun."""

from accord.workstreams.drugs.models.substance import SubstanceProposal, SubstanceStamp, SubstanceVersion

__all__ = ["SubstanceProposal", "SubstanceStamp", "SubstanceVersion"]
