"""Need to know: which cases an officer reads, as one condition on every road to content.

A role says what an officer may do; this says to which cases. An officer reads a case

* that lies in their scope (themes and agencies of ours, set at the account; every one where none is set), unless the
  case is kept to its team;
* that came in and nobody holds, within their scope, where they may take it: so that somebody does;
* that they hold, or whose team they are in, or into which they broke for a while (:mod:`accord.exchange.team`);
* in which a text of theirs is open;
* in which a message waits for approval or release, within their scope, where they may give it; and in which they did;
* whose draft the gate holds for their office, and in which they answered a hold;
* that concerns an agency of their mandate, where they are a reviewer: the whole node's, where none is named.

What lies beyond that is answered as if it did not exist: not found, not counted, not named.

The node's rule ``need_to_know`` tightens it: with ``scope`` an account without a scope has none of its own, and with
``team`` every case is kept to its team from its taking on.

Source: CSE Act, section 24, and Arar Commission, recommendation 11, as they ask that personal information be read by
those alone who need it; Directive (EU) 2016/680, article 29(2)(e), as a model.
"""

import json
from typing import Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from accord.exchange.circle import CaseMember
from accord.exchange.models import Case, Message
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = ["cases_for", "messages_for", "reads", "within"]

_OPEN: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)
_WAITS: Final = (Message.State.SUBMITTED, Message.State.APPROVED)


def cases_for(officer: Officer) -> QuerySet[Case]:
    """Returns the cases that an officer reads."""
    return Case.objects.filter(within(officer))


def messages_for(officer: Officer) -> QuerySet[Message]:
    """Returns the messages of the cases that an officer reads."""
    return Message.objects.filter(within(officer, "case__"))


def reads(officer: Officer, case: Case) -> bool:
    """Returns whether an officer reads a case."""
    return cases_for(officer).filter(pk=case.pk).exists()


def within(officer: Officer, path: str = "") -> Q:
    """Returns the condition that a case is one which the officer reads.

    Args:
        officer: Who reads.
        path: From the rows that are asked for to their case, for example ``message__case__``; empty for cases.
    """
    scope = _scope(officer, path)
    # A mandate is what was said and nothing else; what names no agency lies in the mandate of the whole node alone.
    mandate = Q(**{f"{path}agency__in": officer.scope_agencies}) if officer.scope_agencies else Q()
    is_reviewer = officer.may(Permission.RECORD_READ)
    rule = settings.ACCORD_NEED_TO_KNOW
    if is_reviewer and not mandate:
        return Q()
    conditions = [_own(officer, path), *_by_act(officer, path, scope)]
    if is_reviewer:
        conditions.insert(0, mandate)
    elif rule == "node" or (rule == "scope" and scope):
        conditions.insert(0, scope & Q(**{f"{path}is_team_only": False}))
    found = conditions[0]
    for condition in conditions[1:]:
        found |= condition
    return found


def _scope(officer: Officer, path: str) -> Q:
    themes = Q(**{f"{path}theme__in": officer.scope_themes}) if officer.scope_themes else Q()
    return themes & _agencies(officer, path)


def _agencies(officer: Officer, path: str) -> Q:
    """Returns the condition on the agency; what names none of ours lies in every scope, or nobody would find it."""
    if not officer.scope_agencies:
        return Q()
    ours = Party.objects.filter(is_self=True).first()
    others = {one.code for one in ours.described.agencies} - set(officer.scope_agencies) if ours is not None else set()
    return ~Q(**{f"{path}agency__in": sorted(others)})


def _of(rows: QuerySet[Any], path: str) -> Q:  # Any: rows of several models
    """Returns the condition that a case is that of one of these rows: few, looked up once and not for each case."""
    return Q(**{f"{path}pk__in": rows.order_by().values("case")})


def _unsent() -> QuerySet[Message]:
    """Returns our messages that have not left, as an index of their own has them, said as that index says it."""
    return Message.objects.filter(released__isnull=True, drafted_by__isnull=False)


def _own(officer: Officer, path: str) -> Q:
    """Cases that are the officer's own: held, in whose team they are, or in which a text of theirs is open."""
    mine = CaseMember.objects.filter(officer=officer)
    standing = mine.filter(Q(until=None) | Q(until__gt=timezone.now()), ended_at=None)
    left = mine.filter(kind=CaseMember.Kind.MEMBER, ended_at__isnull=False)
    texts = _unsent().filter(Q(drafted_by=officer) | Q(saved_by=officer), state__in=_OPEN)
    return Q(**{f"{path}holder": officer}) | _of(standing, path) | (_of(texts, path) & ~_of(left, path))


def _by_act(officer: Officer, path: str, scope: Q) -> list[Q]:
    """Cases that somebody must see so that an act can be done, and those in which the officer did it."""
    found = []
    has_scope = settings.ACCORD_NEED_TO_KNOW != "scope" or bool(scope)
    if officer.may(Permission.CASE_TAKE) and has_scope:
        found.append(scope & Q(**{f"{path}holder__isnull": True, f"{path}is_ours": False}))
    if officer.may(Permission.MESSAGE_APPROVE) or officer.may(Permission.MESSAGE_RELEASE):
        found.append(_of(Message.objects.filter(approval__decided_by=officer), path))
        found.append(_of(Message.objects.filter(released__released_by=officer), path))
        if has_scope:
            found.append(scope & _of(_unsent().filter(state__in=_WAITS), path))
    if officer.may(Permission.HOLD_ANSWER) and officer.offices:
        held = _unsent().filter(state=Message.State.DRAFT, held_for__isnull=False)
        words = held.annotate(offices=Cast("held_for", TextField()))
        found += [_of(words.filter(offices__contains=json.dumps(office)), path) for office in officer.offices]
        found.append(_of(Message.objects.filter(hold_answers__decided_by=officer), path))
    return found
