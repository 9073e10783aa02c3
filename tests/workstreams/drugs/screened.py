"""Manifests to be screened; every company in them is a specimen."""

import io

__all__ = ["HEADER", "HIT", "TEA", "manifest"]

HEADER = "reference,shipper,consignee,from,to,packages,weight_kg,tariff,description\n"
HIT = "M1,Specimen Trading 1,Specimen Foods 2,CA,IN,4,100,2933.39,1-boc-4-piperidone\n"
TEA = "M{},Specimen Trading 1,Specimen Foods 2,CA,IN,4,100,0902.10,Tea\n"


def manifest(lines: int, hits: tuple[int, ...] = (), broken: tuple[int, ...] = ()) -> io.BytesIO:
    """A manifest of so many lines; hits and broken ones by their number in the file."""
    rows = [
        HIT if number in hits else "too,few\n" if number in broken else TEA.format(number)
        for number in range(2, lines + 2)
    ]
    return io.BytesIO((HEADER + "".join(rows)).encode())
