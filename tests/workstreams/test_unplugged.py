"""A node whose configuration names no workstream starts, migrates, and shows its pages without a trace of one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json
import django
django.setup()
from django.core.management import call_command
call_command("check")
call_command("migrate", verbosity=0)
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from accord.exchange.kind_rooms import room_of
from accord.exchange.kinds import STRUCTS
from accord.node.api.labels import KINDS
from accord.node.desk.field_words import LABELS, SECTIONS
from accord.officers.models import Officer
from accord.officers.services import create_first_administrator, create_officer
from accord.officers.four_eyes import confirm_officer
from accord.parties.models import Party
from accord.parties.profile import load_profile
from accord.release.registry import kinds
settings.ACCORD_SECOND_FACTOR = False
settings.ALLOWED_HOSTS = ["testserver"]
Party.objects.create(code="CA", profile=load_profile("canada").to_json(), is_self=True)
Party.objects.create(code="IN", profile=load_profile("india").to_json())
chief = create_first_administrator("admin", "correct horse battery staple")
officer = create_officer(chief, "liaison", password=None, display_name="L", roles=["liaison", "duty"], agency="RCMP")
Officer.objects.filter(pk=officer.pk).update(own_password_at=timezone.now(), waits_for_second=False)
client = Client()
client.force_login(Officer.objects.get(pk=officer.pk))
pages = {}
for name in ("queue", "cases", "new-case", "search", "law", "indicators", "directory", "me"):
    answer = client.get(reverse(f"desk:{name}"))
    pages[name] = [answer.status_code, "/desk/drugs" in answer.content.decode()]
try:
    drugs = reverse("desk:drugs")
except NoReverseMatch:
    drugs = ""
print(json.dumps({
    "pages": pages,
    "drugs": drugs,
    "kinds": sorted(STRUCTS),
    "registered": sorted(kind.name for kind in kinds()),
    "labelled": sorted(KINDS),
    "sections": sorted(SECTIONS),
    "room": room_of("pre-export-notice") is not None,
    "words": "pen_reference" in LABELS,
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a node without workstreams says of itself."""
    home = tmp_path_factory.mktemp("unplugged")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "accord.node.settings",
        "ACCORD_HOME": str(home),
        "ACCORD_WORKSTREAMS": "",
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_its_pages_open_and_lead_to_no_workstream(told: dict[str, object]) -> None:
    assert told["drugs"] == ""
    pages = told["pages"]
    assert isinstance(pages, dict)
    assert {name: one for name, one in pages.items() if one != [200, False]} == {}


def test_it_writes_and_reads_the_kinds_of_the_exchange_alone(told: dict[str, object]) -> None:
    names = {"pre-export-notice", "pre-export-reply", "shipment-outcome", "drug-incident", "suspicious-transaction"}
    for table in ("kinds", "registered", "labelled", "sections"):
        known = told[table]
        assert isinstance(known, list)
        assert "request" in known
        assert not names & set(known), table
    assert told["room"] is False
    assert told["words"] is False
