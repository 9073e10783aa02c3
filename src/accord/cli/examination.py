"""What ``accord doctor`` looks at: one function a question, each answering with findings."""

import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from accord.cli.faults import fault_of
from accord.cli.node import lost_database
from accord.errors import AccordError

__all__ = ["Finding", "examine"]

DISK_FREE_BYTES: Final = 2 * 1024**3
"""Free space below which care is asked for: a year of SIENA's traffic needs some tens of GB, a day needs 200 MB."""

WITHOUT_DATABASE: Final = frozenset({"files", "disk", "algorithms", "keys", "mail"})
"""Questions that ask nothing of the database: they are answered though it is lost."""

SECRETS: Final = ("keys.acc", "archive.acc", "root.acc", "secret.key", "node.toml", "tls.key")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One answer of the examination.

    Args:
        name: What was looked at.
        state: ``good``; ``care`` when a person should look; ``fault`` when the node cannot be relied on.
        sentence: What was seen.
        next_step: What to do, where something is to be done.
    """

    name: str
    state: Literal["good", "care", "fault"]
    sentence: str
    next_step: str = ""

    def to_json(self) -> dict[str, str]:
        """Returns the finding as JSON members."""
        return asdict(self)


def examine(home: Path, *, with_keys: bool) -> list[Finding]:
    """Returns the findings of every question; a question that fails is itself a finding.

    Args:
        home: The node's folder; Django is set up for it.
        with_keys: Whether to open the key file, which needs the passphrase.
    """
    questions: list[tuple[str, Callable[[Path], Iterator[Finding]]]] = [
        ("files", _files),
        ("disk", _disk),
        ("algorithms", _algorithms),
        ("database", _database),
        ("law", _law),
        ("officers", _officers),
        ("registers", _registers),
        ("channels", _channels),
        ("alarms", _alarms),
        ("mail", _mail),
    ]
    if with_keys:
        questions.insert(3, ("keys", _keys))
    from django.db import DatabaseError

    findings: list[Finding] = []
    lost = lost_database()
    for name, question in questions:
        if lost is not None and name not in WITHOUT_DATABASE:
            if name == "database":
                findings.append(Finding(name=name, state="fault", sentence=lost.sentence, next_step=lost.next_step))
            continue
        try:
            findings.extend(question(home))
        except DatabaseError as error:
            fault = fault_of(error) or lost_database()
            sentence = fault.sentence if fault else f"The database does not answer this: {type(error).__name__}."
            next_step = fault.next_step if fault else "See what is said of the database."
            findings.append(Finding(name=name, state="fault", sentence=sentence, next_step=next_step))
        except AccordError as error:
            findings.append(Finding(name=name, state="fault", sentence=error.sentence, next_step=error.next_step))
    return findings


def _files(home: Path) -> Iterator[Finding]:
    loose = [name for name in SECRETS if (home / name).exists() and _is_open_to_others(home / name)]
    if loose:
        yield Finding(
            name="files",
            state="fault",
            sentence=f"Others on this machine can read {', '.join(loose)}.",
            next_step=f"chmod 600 {' '.join(str(home / name) for name in loose)}",
        )
    else:
        yield Finding(name="files", state="good", sentence="Secrets are readable by their owner only.")
    if (home / "root.acc").exists():
        yield Finding(
            name="files",
            state="care",
            sentence="The root key lies on this machine.",
            next_step="Move root.acc to an offline place once pairing is done; it is needed to rotate keys only.",
        )


def _is_open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def _disk(home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    enough = free >= DISK_FREE_BYTES
    yield Finding(
        name="disk",
        state="good" if enough else "care",
        sentence=f"{free / 1024**3:.1f} GiB are free.",
        next_step="" if enough else "Make room: a full disk stops receipts, and the peer waits.",
    )
    # Whether the disk is encrypted cannot be told reliably from here, so a person is asked instead of being reassured.
    yield Finding(
        name="disk",
        state="care",
        sentence="The database holds drafts, messages, decisions and keys of attachments in clear.",
        next_step="Keep home, database and backups on encrypted disks; docs/threat-model.md names what is in clear.",
    )


def _algorithms(_home: Path) -> Iterator[Finding]:
    from accord.channel.selftest import run_self_test

    began = time.perf_counter()
    run_self_test()
    took_ms = (time.perf_counter() - began) * 1000
    yield Finding(
        name="algorithms", state="good", sentence=f"All algorithms give the known answers ({took_ms:.0f} ms)."
    )


def _keys(_home: Path) -> Iterator[Finding]:
    from accord.parties.custody import custody_in_use

    custody = custody_in_use()
    custody.signer()
    yield Finding(name="keys", state="good", sentence=f"The key file of {custody.party} opens.")


def _database(_home: Path) -> Iterator[Finding]:
    from django.db import connection

    from accord.node.schema import foreign_migrations, schema_gaps, waiting_migrations

    foreign = foreign_migrations()
    waiting = waiting_migrations()
    gaps = [] if waiting else schema_gaps()
    if foreign:
        yield Finding(
            name="database",
            state="fault",
            sentence=f"Another version made this database; not known here: {', '.join(foreign[:5])}.",
            next_step="Run the version that made it, or put back a backup that this version made.",
        )
    elif waiting:
        yield Finding(
            name="database",
            state="fault",
            sentence=f"{len(waiting)} migrations are not applied: {', '.join(waiting[:5])}.",
            next_step="Stop the node, back the database up, and run `accord init --upgrade`.",
        )
    elif gaps:
        yield Finding(
            name="database",
            state="fault",
            sentence=f"Every migration is applied, but {len(gaps)} tables or columns lack: {', '.join(gaps[:5])}.",
            next_step="Another software made this database: put back a backup that this version made.",
        )
    else:
        yield Finding(
            name="database",
            state="good",
            sentence=f"{connection.vendor} answers; every migration, table and column is there.",
        )
    yield from _durability()


def _durability() -> Iterator[Finding]:
    from django.db import connection

    wanted = {"sqlite": ("PRAGMA synchronous", {"2", "3"}), "postgresql": ("SHOW synchronous_commit", {"on"})}
    if connection.vendor not in wanted:
        return
    question, good = wanted[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question)
        (answer,) = cursor.fetchone()
    is_durable = str(answer) in good
    yield Finding(
        name="database",
        state="good" if is_durable else "fault",
        sentence="What is receipted survives a power cut." if is_durable else f"{question} answers {answer}.",
        next_step="" if is_durable else "A receipt must not be given for what a power cut can undo: correct this.",
    )


def _law(_home: Path) -> Iterator[Finding]:
    from accord.law.loading import PackFault, require_own_law
    from accord.parties.models import Party

    ours = Party.objects.filter(is_self=True).first()
    if ours is None:
        yield Finding(name="law", state="fault", sentence="This node knows no party.", next_step="Run `accord init`.")
        return
    try:
        packs = require_own_law(ours.code, ours.described.law_packs)
    except PackFault as fault:
        yield Finding(name="law", state="fault", sentence=str(fault), next_step=fault.next_step)
        return
    digests = ", ".join(f"{pack.name} {pack.digest.hex()[:12]}" for pack in packs)
    yield Finding(name="law", state="good", sentence=f"The packs are valid: {digests}.")


def _officers(_home: Path) -> Iterator[Finding]:
    from accord.node.config import is_behind_a_proxy_unnamed, load_config
    from accord.officers.four_eyes import second_persons
    from accord.officers.models import Officer
    from accord.officers.permissions import Permission

    posted = [officer for officer in Officer.objects.all() if officer.is_posted()]
    needs = (Permission.MESSAGE_DRAFT, Permission.MESSAGE_APPROVE, Permission.OFFICER_MANAGE, Permission.RECORD_READ)
    lacking = [need.value for need in needs if not any(officer.may(need) for officer in posted)]
    if lacking:
        yield Finding(
            name="officers",
            state="care",
            sentence=f"No active officer holds {', '.join(lacking)}.",
            next_step="Add one with `accord officer add`.",
        )
    else:
        yield Finding(name="officers", state="good", sentence=f"{len(posted)} officers are active.")
    yield from _ways_past_a_lock(load_config().demo)
    if is_behind_a_proxy_unnamed(load_config()):
        yield Finding(
            name="officers",
            state="care",
            sentence="A proxy ends TLS before the desk, and trusted_proxies names none: all officers have one address "
            "for the node, so that one stranger's wrong passwords make all of them wait.",
            next_step="Name the proxy's address in trusted_proxies, and let it set X-Forwarded-For.",
        )
    if len(second_persons()) < 2:
        yield Finding(
            name="officers",
            state="care",
            sentence="One person alone can make accounts and let them act: nobody else could agree.",
            next_step="Add a second administrator or a reviewer, who is another person; three are better.",
        )


def _registers(_home: Path) -> Iterator[Finding]:
    from django.utils import timezone

    from accord.officers.registers import register_deciders
    from accord.parties.register_book import due_entries

    today = timezone.now().date()
    due = due_entries(today)
    for entry, day in due:
        yield Finding(
            name="registers",
            state="care",
            sentence=f"{entry} counts no more from {day} (UTC) on: the law gate then refuses what rests on it.",
            next_step="Propose its next version with `accord register` or at the desk.",
        )
    if not register_deciders():
        yield Finding(
            name="registers",
            state="care",
            sentence="Nobody may agree to entries of the registers, so that one officer alone puts them in force.",
            next_step="Add an account with `accord officer add ... --role counsel`.",
        )
    elif not due:
        yield Finding(name="registers", state="good", sentence="What stands in the registers counts for 60 days more.")


def _ways_past_a_lock(is_demo: bool) -> Iterator[Finding]:
    """Looks whether those who open locks could be locked out themselves, by a stranger who knows their names."""
    from django.apps import apps

    from accord.officers.four_eyes import second_persons

    held = set(apps.get_model("mfa", "Authenticator").objects.filter(type="webauthn").values_list("user_id", flat=True))
    lacking = [one.username for one in second_persons() if one.pk not in held]
    if lacking and not is_demo:
        yield Finding(
            name="officers",
            state="care",
            sentence=f"Who agrees to accounts and has no passkey: {', '.join(lacking)}. A stranger's wrong passwords "
            "can lock such an account, and with it those who open locks.",
            next_step="Let each of them register a passkey at the desk: a lock stops none.",
        )


def _channels(_home: Path) -> Iterator[Finding]:
    from accord.courier.models import Channel, Mode

    channels = list(Channel.objects.select_related("peer"))
    if not channels:
        yield Finding(
            name="channels",
            state="care",
            sentence="This node has no peer.",
            next_step="Make an invitation with `accord peer invite`.",
        )
    for channel in channels:
        unreceipted = channel.out_size - channel.out_receipted_size
        is_open = channel.mode == Mode.OPEN
        yield Finding(
            name="channels",
            state="good" if is_open else "care",
            sentence=f"{channel}: {channel.get_mode_display()}, {channel.out_size} sent, {unreceipted} unreceipted, "
            f"{channel.in_size} received.",
            next_step="" if is_open else f"Read `accord peer show {channel.peer_id}` and its alarms.",
        )


def _alarms(_home: Path) -> Iterator[Finding]:
    from accord.courier.models import Alarm

    waiting = list(Alarm.objects.filter(acknowledged_at__isnull=True)[:20])
    if not waiting:
        yield Finding(name="alarms", state="good", sentence="No alarm waits for a person.")
    for alarm in waiting:
        yield Finding(
            name="alarms",
            state="care",
            sentence=f"{alarm.code}, {alarm.count} times, last {alarm.last_seen_at:%Y-%m-%d %H:%M} UTC: {alarm.detail}",
            next_step=f"Look at it, then `accord peer acknowledge {alarm.pk}`.",
        )


def _mail(_home: Path) -> Iterator[Finding]:
    from django.conf import settings

    from accord.node.notices.smtp import mail_server

    config = settings.CONFIG
    if not config.smtp_host:
        yield Finding(name="mail", state="good", sentence="No notice goes by e-mail: smtp_host is empty.")
        return
    password = Path(config.smtp_password_file) if config.smtp_password_file else None
    if password is not None and (not password.is_file() or _is_open_to_others(password)):
        yield Finding(
            name="mail",
            state="fault",
            sentence=f"{password} is missing, or others on this machine can read it.",
            next_step=f"Write the password into it, then chmod 600 {password}",
        )
        return
    # Nothing is sent: the server is greeted, TLS is made and the user signed in.
    with mail_server(config):
        yield Finding(name="mail", state="good", sentence=f"{config.smtp_host} takes mail from this node.")
    yield from _agreed_addresses()


def _agreed_addresses() -> Iterator[Finding]:
    from accord.node.notices.models import Choice

    waiting = Choice.objects.filter(agreed_at=None).exclude(address="").count()
    if waiting:
        yield Finding(
            name="mail",
            state="care",
            sentence=f"{waiting} addresses of officers wait for an administrator's agreement.",
            next_step="Agree to them on the notices page, or name the domain in smtp_domains.",
        )
