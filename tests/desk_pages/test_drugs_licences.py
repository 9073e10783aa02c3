"""Licences on file at the desk: a table is looked at before it is taken in, and what is over is marked."""

import io
from datetime import timedelta

from django.utils import timezone

from accord.node.desk.workstreams.drugs.views.licences import TABLE_BYTES_MAX
from accord.officers.models import Act
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.models import Flag, Licence
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import plain, text
from tests.workstreams.drugs.screened import HEADER

MANIFESTS = "/desk/drugs/screening/"
LICENCES = "/desk/drugs/licences/"
COLUMNS = "jurisdiction,number,company,company_number,substances,kilograms,purity,valid_from,valid_to\n"
GOOD = "CA,L-1,Specimen Foods Inc.,SPECIMEN-2,1-boc-4-piperidone,25,99,2025-01-01,{}\n"
WRONG = "CA,L-2,Specimen Mills Inc.,,not-a-substance,,,,\n"


def table(*rows: str) -> str:
    day = (timezone.now().date() + timedelta(days=400)).isoformat()
    return COLUMNS + "".join(row.format(day) for row in rows)


def file(content: str) -> io.BytesIO:
    made = io.BytesIO(content.encode())
    made.name = "licences.csv"
    return made


def test_a_table_is_looked_at_before_anything_is_kept(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    assert "No licence is on file" in text(client.get(LICENCES))
    looked = client.post(LICENCES, {"file": file(table(GOOD, WRONG))})
    assert "1 new · 0 changed · 0 as they are · 1 refused" in plain(looked)
    assert "not-a-substance" in text(looked)
    assert "Name substances by their code in the register" in text(looked)
    assert Licence.objects.count() == 0
    assert not Act.objects.filter(verb="import licences").exists()
    taken = client.post(f"{LICENCES}act", {"act": "import", "table": table(GOOD, WRONG)}, follow=True)
    assert "On file: 1 new, 0 changed, 1 rows refused." in plain(taken)
    assert "at most 25 kg a consignment" in plain(taken)
    again = client.post(LICENCES, {"file": file(table(GOOD))})
    assert "1 as they are" in plain(again)
    assert "Take it in" not in text(again)


def test_what_is_no_table_says_what_mends_it(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    nothing = plain(client.post(LICENCES, {}))
    assert "No table was chosen. Choose the file, then press the button again." in nothing
    assert "larger than" not in nothing
    large = client.post(LICENCES, {"file": file("x" * (TABLE_BYTES_MAX + 1))})
    assert "The table is larger than 2 MB. Split it" in plain(large)
    latin = io.BytesIO("numéro".encode("latin-1"))
    latin.name = "latin.csv"
    assert "Save it as CSV in UTF-8." in text(client.post(LICENCES, {"file": latin}))
    lacking = client.post(LICENCES, {"file": file("number,company\n1,2\n")})
    assert "lacks jurisdiction, substances" in plain(lacking)
    assert sign_in(desk.releasing).post(LICENCES, {"file": file(table(GOOD))}).status_code == 403


def test_a_licence_that_is_over_or_soon_over_is_marked(desk: Desk, sign_in: SignIn) -> None:
    client, today = sign_in(desk.liaison), timezone.now().date()
    client.post(f"{LICENCES}act", {"act": "import", "table": table(GOOD)})
    assert "until" in plain(client.get(LICENCES))
    states = {
        "over since": {"valid_to": today - timedelta(days=1)},
        "over after": {"valid_to": today + timedelta(days=30)},
        "from": {"valid_from": today + timedelta(days=1), "valid_to": None},
        "without a last day": {"valid_from": None, "valid_to": None},
    }
    for words, days in states.items():
        Licence.objects.update(**days)
        assert words in plain(client.get(LICENCES)), words


def test_a_licence_is_taken_out_put_back_and_handed_out(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    client.post(f"{LICENCES}act", {"act": "import", "table": table(GOOD)})
    key = str(Licence.objects.get().pk)
    out = client.post(f"{LICENCES}act", {"act": "remove", "licence": key}, follow=True)
    assert "taken out" in plain(out)
    assert "L-1" not in text(client.get(f"{LICENCES}licences.csv"))
    client.post(f"{LICENCES}act", {"act": "restore", "licence": key})
    handed = client.get(f"{LICENCES}licences.csv").content.decode()
    assert '"L-1"' in handed
    # What is handed out can be brought in again, and says the same.
    again = client.post(LICENCES, {"file": file(handed)})
    assert "1 as they are" in plain(again)
    assert client.post(f"{LICENCES}act", {"act": "remove", "licence": "0"}).status_code == 404


def test_a_name_that_a_table_program_would_compute_is_handed_out_and_brought_in_as_it_is(
    desk: Desk, sign_in: SignIn
) -> None:
    client = sign_in(desk.liaison)
    names = ["+Plus Ltd", "=Equal Ltd", "-Minus Ltd", "@At Ltd", "'Quote Ltd", "'=Both Ltd", "SPECIMEN क्‍ष Ltd"]
    client.post(f"{LICENCES}act", {"act": "import", "table": table(GOOD)})
    kept = Licence.objects.get()
    for number, name in enumerate(names):
        Licence.objects.create(
            jurisdiction="CA", number=f"+{number}", company=name, substances=kept.substances,
            kept_by=kept.kept_by, kept_at=kept.kept_at,
        )  # fmt: skip
    handed = client.get(f"{LICENCES}licences.csv").content.decode()
    assert '"\'+Plus Ltd"' in handed
    assert "0 new · 0 changed · 8 as they are · 0 refused" in plain(client.post(LICENCES, {"file": file(handed)}))
    Licence.objects.all().delete()
    client.post(f"{LICENCES}act", {"act": "import", "table": handed})
    assert set(names) < set(Licence.objects.values_list("company", flat=True))


def test_a_row_that_breaks_the_table_is_named_and_the_others_are_taken_in(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    looked = client.post(LICENCES, {"file": file(table('CA,L-9,"Specimen never closed,,npp,,,,\n', GOOD))})
    assert "1 new · 0 changed · 0 as they are · 1 refused" in plain(looked)
    assert "A quotation mark is never closed" in text(looked)


def test_the_form_that_takes_a_table_in_is_sent_in_parts(desk: Desk, sign_in: SignIn) -> None:
    # Sent as one line, its commas and the letters of other scripts would count thrice against the limit of a form.
    looked = sign_in(desk.liaison).post(LICENCES, {"file": file(table(GOOD))})
    form = text(looked).split('<textarea name="table"')[0].rpartition("<form")[2]
    assert 'enctype="multipart/form-data"' in form


def test_a_flag_shows_the_licences_of_its_companies(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    client.post(f"{LICENCES}act", {"act": "import", "table": table(GOOD)})
    row = "M2,Specimen Trading Ltd,Specimen Foods Inc.,CA,IN,4,100,2933.39,1-boc-4-piperidone\n"
    manifest = io.BytesIO((HEADER + row + row.replace("Specimen Foods Inc.", "Specimen Person")).encode())
    manifest.name = "SPECIMEN.csv"
    client.post(MANIFESTS, {"file": manifest})
    screen_to_the_end()
    with_licence, without = Flag.objects.order_by("line")
    assert "Specimen Foods Inc., CA L-1" in plain(client.get(f"{MANIFESTS}flags/{with_licence.pk}/"))
    assert "None was found by number or by a name with its legal form." in plain(
        client.get(f"{MANIFESTS}flags/{without.pk}/")
    )
