"""Themes, purposes, categories of persons and protection statuses."""

from enum import StrEnum

__all__ = ["PersonCategory", "ProtectionStatus", "Purpose", "Theme"]


class Theme(StrEnum):
    """Subject of cooperation named in the public statements of 6 and 7 February 2026."""

    PRECURSORS = "precursors"
    ORGANISED_CRIME = "organised-crime"
    CYBER = "cyber"
    FRAUD = "fraud"
    IMMIGRATION = "immigration"
    VIOLENT_EXTREMISM = "violent-extremism"
    THREAT_TO_DIPLOMAT = "threat-to-diplomat"
    FOREIGN_INTERFERENCE = "foreign-interference"


class Purpose(StrEnum):
    """The one purpose for which an item may be used without a further permission.

    Source: UNTOC article 18(19); Regulation (EU) 2016/794, article 19, taken as models.
    """

    PREVENT = "prevent"
    DETECT = "detect"
    INVESTIGATE = "investigate"
    PROSECUTE = "prosecute"
    REGULATE = "regulate"
    PROTECT_LIFE = "protect-life"


class PersonCategory(StrEnum):
    """Category of a person an item speaks of; informants are never named (rule IN-16)."""

    SUSPECT = "suspect"
    CONVICTED = "convicted"
    POTENTIAL = "potential"
    CONTACT = "contact"
    VICTIM = "victim"
    WITNESS = "witness"


class ProtectionStatus(StrEnum):
    """Own-side knowledge of a person's protection; never on the wire (rule CA-07)."""

    NONE = "none"
    CLAIMANT = "claimant"
    PROTECTED = "protected"
    UNKNOWN = "unknown"
