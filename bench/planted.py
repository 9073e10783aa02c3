"""A manifest of real tariff texts in which damaged names of substances are planted, the same for the same seed.

Companies are invented and marked as specimens; containers have right check digits. Noise words stand around planted
names and tariff texts alike, so that nothing but the name tells one from the other. How letters are drawn alike is
written here anew: the table of the screening is not asked, or it would be compared with itself.

Source: Harmonized System 2022, texts of six digits; ISO 6346:2022 (container check digit); Unicode Technical Standard
39 (confusable characters); Damerau, 1964 (four kinds of typing error).
"""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from accord.workstreams.drugs.substances.content import NameKind, Substance, SubstanceTable

__all__ = [
    "COMPANIES",
    "HEADER",
    "TARIFF_FILE",
    "TRADES",
    "Damage",
    "Drawn",
    "PlantedManifest",
    "TariffText",
    "tariff_texts",
]

TARIFF_FILE: Final = "shared/data/tariff/harmonized-system-hs2022.csv"
"""Where the texts lie, from a folder above the repository."""
HEADER: Final = "reference,shipper,consignee,from,to,container,packages,weight_kg,tariff,description\n"
SHORTEST: Final = 10
"""Letters and digits of a name that is damaged; a shorter one with an error is another word."""
COMPANIES: Final = 5_000

_Any = TypeVar("_Any")


class Damage(StrEnum):
    """What was done to a name; one kind a line."""

    SUBSTITUTION = "substitution"
    DELETION = "deletion"
    INSERTION = "insertion"
    TRANSPOSITION = "transposition"
    SPACING = "spacing"
    CASE = "case"
    LOOK_ALIKE = "look-alike"
    SALT = "salt"
    SYNONYM = "synonym"
    NUMBER = "cas-number"
    NEAR_NUMBER = "near-number"
    ABBREVIATION = "abbreviation"


@dataclass(frozen=True, kw_only=True, slots=True)
class TariffText:
    """One text of the Harmonized System.

    Args:
        code: Six digits.
        text: What the code holds.
    """

    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One line of the manifest.

    Args:
        number: Its number in the file, the header being 1.
        physical: The line as it is written.
        description: What the goods are said to be.
        source: Code of the tariff text it was made of; empty for a planted line.
        damage: What was done to the planted name; nothing on other lines.
        substance: Code of the planted substance; empty on other lines.
        name: The name or number of the table that was damaged.
    """

    number: int
    physical: str
    description: str
    source: str
    damage: Damage | None = None
    substance: str = ""
    name: str = ""


def tariff_texts() -> list[TariffText]:
    """Returns the texts of six digits; none where the shared folder lies above no folder of this repository."""
    repository = Path(__file__).resolve().parent.parent
    for folder in repository.parents:
        path = folder / TARIFF_FILE
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file)
                return [TariffText(code=row["hscode"], text=row["description"]) for row in rows if row["level"] == "6"]
    return []


# The keys beside each on the keyboard of most offices.
_KEYS: Final = "qwertyuiopasdfghjklzxcvbnm"
_KEYS_BESIDE: Final = (
    "wa qes wrd etf ryg tuh yij uok ipl ol qsz awd sef drg fth gyj huk jil ko asx zsc xdv cfb vgn bhm nj"
)
_BESIDE: Final = dict(zip(_KEYS, _KEYS_BESIDE.split(), strict=True))
# Letters of the Cyrillic and Greek scripts, and figures, that are drawn as these Latin letters are.
_DRAWN: Final = (
    "aаα cсϲ dԁ eе hһ iіι1l jјϳ l1Iӏ oоο0 pрρ sѕ uυ vν wԝ xх yуγ 0OО 1lI "  # noqa: RUF001
    "AАΑ BВΒ CСϹ EЕΕ HНΗ IІΙ1l KКΚ MМΜ NΝ OОΟ0 PРΡ SЅ TТΤ XХΧ YУΥ ZΖ JЈ"  # noqa: RUF001
)
_ALIKE: Final = {group[0]: group[1:] for group in _DRAWN.split()}
_HYPHENS: Final = ("", " ", "  ", " - ", "- ", "‐", "–", "—", "_", ".", "/")  # noqa: RUF001
_NUMBER_SIGNS: Final = ("–", "‑", " ", " - ", "—", "−", " – ", "\u00a0")  # noqa: RUF001
_NUMBER_WORDS: Final = ("CAS {}", "CAS no. {}", "CAS RN: {}", "cas#{}", "{}", "[{}]")
_SALTS: Final = (
    *("{} hydrochloride", "{} HCl", "{}·HCl", "{} dihydrochloride", "{} monohydrate hydrochloride", "{} hydrobromide"),
    *("{} citrate", "{} oxalate", "{} hydrochloride hydrate", "{} sulfate salt", "chlorhydrate de {}", "{}.2HCl"),
)
_BEFORE: Final = (
    *("", "", "", "chemical intermediate ", "sample of ", "organic compound, ", "1 drum ", "goods: ", "STC 20 bags "),
    *("lab reagent ", "SPECIMEN CARGO, ", "FCL/FCL "),
)
_AFTER: Final = (
    *(
        "",
        "",
        "",
        ", purity 98%",
        " 25 kg fibre drums",
        ", for research use",
        " (samples)",
        ", intermediate",
        " powder",
    ),
    *(
        ", freight prepaid",
        " 99% HPLC",
        ", lot {lot}",
        ", inv. {lot}-{two}-{one}",
        " PO {lot}{two}",
        ", packed on pallets",
    ),
)
_COUNTRIES: Final = ("CA", "IN", "US", "MX", "AE", "SG", "NL", "DE", "GB", "JP", "KR", "ZA", "BR", "AU", "FR", "IT")
TRADES: Final = ("Trading", "Chemicals", "Foods", "Textiles", "Logistics", "Machines", "Imports", "Supplies")
_OWNERS: Final = ("SPCU", "SPMU", "SPEU", "SPNU")


_APART: Final = frozenset({Damage.NUMBER, Damage.NEAR_NUMBER, Damage.ABBREVIATION, Damage.SYNONYM})
"""What is no damage of a name."""


class PlantedManifest:
    """A manifest and what is planted in it.

    Args:
        lines: How many lines, the header not counted.
        planted: How many of them are planted; every kind of damage takes the same share.
        seed: Of the dice; the same seed, table and texts give the same file.
        table: The substances.
        texts: The tariff texts of the other lines.
    """

    def __init__(
        self, *, lines: int, planted: int, seed: int, table: SubstanceTable, texts: Sequence[TariffText]
    ) -> None:
        self._lines, self._planted, self._seed, self._texts = lines, planted, seed, texts
        self._substances = table.substances
        codes = {one.tariff.code for one in table.substances}
        own = {one.tariff.code for one in table.substances if one.tariff.is_own}
        # Under a code of its own a substance is flagged whatever the text says: no name is planted there.
        self._baskets = sorted(codes - own)
        self._codes = [one.code for one in texts if one.code not in own]
        self._chemicals = [code for code in self._codes if code.startswith(("28", "29"))]

    def drawn(self) -> Iterator[Drawn]:
        """Yields the lines; the header is not among them."""
        dice = random.Random(self._seed)
        places = set(dice.sample(range(self._lines), self._planted))
        kinds = tuple(Damage)
        done = 0
        companies = [f"Specimen {_pick(dice, TRADES)} {number} Ltd" for number in range(COMPANIES)]
        for place in range(self._lines):
            if place in places:
                damage = kinds[done % len(kinds)]
                done += 1
                substance, name, text = _named(dice, self._substances, damage)
                source, tariff = "", self._some_code(dice)
            else:
                drawn = _pick(dice, self._texts)
                damage, substance, name, text = None, "", "", drawn.text
                source, tariff = drawn.code, _written(dice, drawn.code)
            words = _with_noise(dice, text)
            yield Drawn(
                number=place + 2,
                physical=f"{_papers(dice, place, companies)},{tariff},{_quoted(words)}\n",
                description=words,
                source=source,
                damage=damage,
                substance=substance,
                name=name,
            )

    def _some_code(self, dice: random.Random) -> str:
        """A code of the basket, of other chemicals, of anything, or none: as those who hide declare."""
        chance = dice.random()
        if chance < 0.15 or not self._chemicals:
            return ""
        pools = (self._baskets, self._chemicals, self._codes)
        return _written(dice, _pick(dice, pools[0 if chance < 0.5 else 1 if chance < 0.7 else 2]))


def _pick(dice: random.Random, among: Sequence[_Any]) -> _Any:
    return among[int(dice.random() * len(among))]


def _papers(dice: random.Random, place: int, companies: Sequence[str]) -> str:
    weight = int(10 ** (1 + 3.3 * dice.random()))
    shipper, consignee = _pick(dice, companies), _pick(dice, companies)
    route = f"{_pick(dice, _COUNTRIES)},{_pick(dice, _COUNTRIES)}"
    return f"M{place:07},{shipper},{consignee},{route},{_container(dice)},{1 + weight // 25},{weight}"


def _container(dice: random.Random) -> str:
    code = f"{_pick(dice, _OWNERS)}{int(dice.random() * 1_000_000):06}"
    # A letter counts its place from 10, every multiple of 11 left out.
    values = (int(one) if one.isdigit() else (place := ord(one) - 55) + (place + 9) // 10 - 1 for one in code)
    return f"{code}{sum(value * 2**place for place, value in enumerate(values)) % 11 % 10}"


def _written(dice: random.Random, code: str) -> str:
    """A code as papers write it: six, eight or ten digits, with points or without, or not at all."""
    chance = dice.random()
    if chance < 0.5:
        return code
    if chance < 0.65:
        return f"{code[:4]}.{code[4:]}"
    if chance < 0.8:
        return f"{code}{int(dice.random() * 10)}0"
    return f"{code[:4]}.{code[4:]}.{int(dice.random() * 10)}0.00" if chance < 0.9 else ""


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _with_noise(dice: random.Random, text: str) -> str:
    lot, two, one = int(10_000 + dice.random() * 90_000), int(10 + dice.random() * 90), int(dice.random() * 10)
    return f"{_pick(dice, _BEFORE)}{text}{_pick(dice, _AFTER).format(lot=lot, two=two, one=one)}"


def _named(dice: random.Random, substances: Sequence[Substance], damage: Damage) -> tuple[str, str, str]:
    """A substance, its name or number, and what stands on the paper."""
    while True:
        substance = _pick(dice, substances)
        abbreviations = [one.text for one in substance.names if one.kind is NameKind.ABBREVIATION]
        names = [one.text for one in substance.names if one.kind is not NameKind.ABBREVIATION]
        names = [name for name in names if sum(map(str.isalnum, name)) >= SHORTEST]
        if damage is Damage.NUMBER and substance.cas:
            number = _pick(dice, substance.cas)
            return (
                substance.id,
                number,
                _pick(dice, _NUMBER_WORDS).format(number.replace("-", _pick(dice, _NUMBER_SIGNS))),
            )
        if damage is Damage.NEAR_NUMBER and substance.cas:
            number = _pick(dice, substance.cas)
            return substance.id, number, _pick(dice, _NUMBER_WORDS).format(_slipped(dice, number))
        if damage is Damage.ABBREVIATION and abbreviations:
            name = _pick(dice, abbreviations)
            return substance.id, name, name
        if damage is Damage.SYNONYM and len(names) > 1:
            name = _pick(dice, names[1:])
            return substance.id, name, name
        if damage not in _APART and names:
            name = _pick(dice, names)
            return substance.id, name, _damaged(dice, name, damage)


def _slipped(dice: random.Random, number: str) -> str:
    """A registry number with one digit other, or two neighbours exchanged, of which no check digit is right."""
    while True:
        digits = number.replace("-", "")
        place = int(dice.random() * (len(digits) - 1))
        if dice.random() < 0.5:
            digits = f"{digits[:place]}{int(dice.random() * 10)}{digits[place + 1 :]}"
        else:
            digits = f"{digits[:place]}{digits[place + 1]}{digits[place]}{digits[place + 2 :]}"
        total = sum(place * int(digit) for place, digit in enumerate(reversed(digits)))
        if total % 10 != int(digits[-1]):
            return f"{digits[:-3]}-{digits[-3:-1]}-{digits[-1]}"


def _damaged(dice: random.Random, name: str, damage: Damage) -> str:
    match damage:
        case Damage.SPACING:
            return _spaced(dice, name)
        case Damage.CASE:
            cases = {name.upper(), name.lower(), name.title(), name.swapcase()}
            return _pick(dice, sorted(cases - {name}))
        case Damage.LOOK_ALIKE:
            return _alike(dice, name)
        case Damage.SALT:
            return _pick(dice, _SALTS).format(name)
        case _:
            return _mistyped(dice, name, damage)


def _spaced(dice: random.Random, name: str) -> str:
    """Other signs in place of hyphens and spaces, or a space inside of a word, as at the end of a line."""
    while True:
        parts = [_pick(dice, _HYPHENS) if sign in "- " and dice.random() < 0.7 else sign for sign in name]
        if dice.random() < 0.3:
            parts.insert(1 + int(dice.random() * (len(parts) - 1)), " ")
        if (spaced := "".join(parts)) != name:
            return spaced


def _alike(dice: random.Random, name: str) -> str:
    """One to three letters drawn by another."""
    places = [place for place, sign in enumerate(name) if sign in _ALIKE]
    signs = list(name)
    for place in dice.sample(places, min(len(places), 1 + int(dice.random() * 3))):
        signs[place] = _pick(dice, _ALIKE[signs[place]])
    return "".join(signs)


def _mistyped(dice: random.Random, name: str, damage: Damage) -> str:
    """One typing error among letters and digits; a digit is never another: that names another substance."""
    places = [place for place, sign in enumerate(name) if sign.isalnum()]
    while True:
        place = _pick(dice, places)
        sign, beside = name[place], _pick(dice, _BESIDE.get(name[place].lower(), "e"))
        if damage is Damage.DELETION:
            return name[:place] + name[place + 1 :]
        if damage is Damage.INSERTION:
            return name[:place] + (sign if dice.random() < 0.5 else beside) + name[place:]
        if damage is Damage.SUBSTITUTION and sign.isalpha() and beside != sign.lower():
            return name[:place] + beside + name[place + 1 :]
        if damage is Damage.TRANSPOSITION and place + 1 < len(name) and name[place + 1] != sign:
            return name[:place] + name[place + 1] + sign + name[place + 2 :]
