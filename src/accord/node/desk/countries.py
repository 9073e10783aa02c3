"""What countries are called in the reader's language, by their ISO 3166 codes.

Source: Unicode CLDR, territories, as Babel carries it; a name says nothing about a claim.
"""

from accord.node.desk.figures import locale_in_use

__all__ = ["country_of"]


def country_of(code: str) -> str:
    """Returns the name of a country; the code where CLDR has none."""
    return str(locale_in_use().territories.get(code.upper(), code))
