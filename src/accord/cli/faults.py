"""What an everyday fault outside Accord means: a file, a disk or a database that is not as it should be.

Libraries report these by errors of their own; here each becomes an error of ours, with a code, a sentence that names
the file or the server, and the next step. What is not known here stays unknown, and is our fault.
"""

import errno
import re
import sys
from typing import Final

from accord.errors import AccordError, NotAvailableNow, OfficerCanMend, OurFault

__all__ = ["DatabaseLost", "FileUnusable", "fault_of"]

FULL_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
FILE_FAULTS: Final = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)

# What SQLite and PostgreSQL say; the first that fits counts.
_SAID: Final = (
    (re.compile(r"not a database|malformed|disk image|file is encrypted", re.IGNORECASE), "damaged"),
    (re.compile(r"no such (table|column)|does not exist|has no column", re.IGNORECASE), "another-version"),
    (re.compile(r"is locked|database is busy", re.IGNORECASE), "busy"),
    (re.compile(r"disk is full|disk full|no space left", re.IGNORECASE), "full"),
    (re.compile(r"readonly database|unable to open|permission denied for", re.IGNORECASE), "unwritable"),
)


class DatabaseLost(OurFault):
    """The node's home is there and its database is not."""

    code = "cli.database-lost"
    default_next_step = (
        "Put the newest backup of the database back, then run `accord peer restored` before `accord serve`; "
        "do not make a new database beside these keys."
    )


class FileUnusable(OfficerCanMend):
    """A file that was named cannot be read or written."""

    code = "cli.file-unusable"
    default_next_step = "Check the name, the folder and the permissions, then run the command again."


def fault_of(error: BaseException) -> AccordError | None:
    """Returns what an error of a library means for the operator, or ``None`` when it is not known here."""
    if _is_of_database(error):
        return _database_fault(error)
    if isinstance(error, OSError):
        return _file_fault(error)
    if isinstance(error, UnicodeDecodeError):
        return FileUnusable("The input is not UTF-8 text.", code="cli.not-utf8", next_step="Save it as UTF-8.")
    return None


def _is_of_database(error: BaseException) -> bool:
    # They are looked for, not imported: commands that need no node must not load them.
    known = (("sqlite3", "Error"), ("django.db.utils", "Error"), ("psycopg", "Error"))
    classes = [getattr(sys.modules[module], name) for module, name in known if module in sys.modules]
    return isinstance(error, tuple(classes))


def _database_fault(error: BaseException) -> AccordError:
    said = str(error)
    kind = next((name for pattern, name in _SAID if pattern.search(said)), "unreachable")
    match kind:
        case "damaged":
            return OurFault(
                "The database file is damaged, or is no database.",
                code="cli.database-damaged",
                next_step="Keep the file, put the newest backup in its place, and run `accord peer restored`.",
            )
        case "another-version":
            return OurFault(
                "The database was made by another version of Accord.",
                code="cli.database-version",
                next_step="Back it up and run `accord init --upgrade`; `accord doctor` says what is missing.",
            )
        case "busy":
            return NotAvailableNow(
                "Another process keeps the database locked.",
                code="cli.database-busy",
                next_step="Try again; if it lasts, look which process holds it.",
            )
        case "full":
            return NotAvailableNow(
                "The disk of the database is full; nothing was stored.",
                code="cli.disk-full",
                next_step="Make room, then run the command again.",
            )
        case "unwritable":
            return OurFault(
                "The database cannot be opened or written by this user.",
                code="cli.database-unwritable",
                next_step="Run the command as the user that owns the home, and check the file's permissions.",
            )
        case _:
            return NotAvailableNow(
                "The database does not answer.",
                code="cli.database-unreachable",
                next_step="Start it, or correct `database` in node.toml (or ACCORD_DATABASE_URL), then try again.",
            )


def _file_fault(error: OSError) -> AccordError | None:
    name = error.filename if isinstance(error.filename, str) else ""
    if error.errno in FULL_DISK:
        return NotAvailableNow(
            "The disk is full; nothing more could be written.",
            code="cli.disk-full",
            next_step="Make room, then run the command again.",
        )
    if isinstance(error, FILE_FAULTS) and name:
        return FileUnusable(f"{name} cannot be used: {error.strerror}.", fields={"file": name})
    return None
