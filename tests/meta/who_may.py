"""Collects who may open each address of the desk and writes ``docs/who-may-what.md``: ``python -m tests.meta.who_may``.

The page is made from what the views state and what the roles allow; that both are right is asked elsewhere, by a table
that was written by hand (``tests/desk_pages/test_permissions.py``).
"""

import os

import django

from accord.officers.permissions import Role, permissions_of
from tests.meta.tree import DOCS

__all__ = ["PAGE", "written"]

PAGE = DOCS / "who-may-what.md"
HEAD = """# Who may open what at the desk

Every address of the desk states the permission that it needs, and a role is a set of permissions.
The service behind each act asks once more; whoever wrote a message never approves or releases it, whatever their roles.
A page of the own account (sign-in, second factor, sessions) is open to its own officer alone.
This page is written by `make docs-schemas`; a test fails when it lags behind the source.

"""


def written() -> str:
    """Returns the text of ``docs/who-may-what.md``."""
    from accord.node.desk.urls import urlpatterns

    lines = [f"| address | page | permission | {' | '.join(role.value for role in Role)} |"]
    lines.append("|---" * (3 + len(Role)) + "|")
    for one in urlpatterns:
        stated = one.callback.desk_page  # type: ignore[attr-defined]  # set by accord.node.desk.page.page
        may = [
            "yes" if stated.permission is None or stated.permission in permissions_of([role]) else "" for role in Role
        ]
        needed = f"`{stated.permission.value}`" if stated.permission is not None else "any officer in post"
        address = f"`{'/'.join(stated.methods)} /desk/{one.pattern}`"
        lines.append(f"| {address} | {one.name} | {needed} | {' | '.join(may)} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.node.settings")
    django.setup()
    PAGE.write_text(written(), "utf-8")
