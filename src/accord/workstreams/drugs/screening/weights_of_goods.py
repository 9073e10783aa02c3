"""Weights that cannot be: packages too light or too heavy, and a substance heavier than the goods that hold it.

Source: UN Recommendations on the Transport of Dangerous Goods, part 6 (packagings of at most 400 kg, intermediate bulk
containers of at most some 3 t); guidance of customs on shipments whose size and weight do not fit the goods.
"""

from collections.abc import Mapping
from decimal import Decimal

from accord.workstreams.drugs.screening.papers import Papers

__all__ = ["odd_weights"]


def odd_weights(papers: Papers, limits: Mapping[str, float]) -> list[tuple[str, dict[str, str]]]:
    """Returns the rules over weights that hold for a line.

    Args:
        papers: What its papers say.
        limits: ``least_kg`` and ``most_kg`` of a package.
    """
    found = []
    if papers.gross is not None and papers.net is not None and papers.net > papers.gross:
        found.append(("weights-exchanged", {"net": _said(papers.net), "gross": _said(papers.gross)}))
    if papers.gross is not None and papers.packages:
        each = papers.gross / papers.packages
        if not Decimal(str(limits["least_kg"])) <= each <= Decimal(str(limits["most_kg"])):
            words = {"each": _said(round(each, 3)), "packages": str(papers.packages)}
            found.append(("package-weight", words))
    return found


def _said(number: Decimal) -> str:
    return f"{number.normalize():f}"
