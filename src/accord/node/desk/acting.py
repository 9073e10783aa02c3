"""An act that a form asks for: done once, said afterwards, and a gate's refusal kept on record."""

from collections.abc import Callable

from django.contrib import messages as notes
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accord.node.desk.once import do_once, forget_form
from accord.node.desk.page import officer_of
from accord.release.errors import GateRefuses

__all__ = ["act_once"]


def act_once(request: HttpRequest, act: Callable[[], object], *, done: str = "") -> bool:
    """Does an act unless its form was sent before, and says what came of it.

    Args:
        request: Bears the form.
        act: The act, which raises where it is refused. A text that it returns is said in place of ``done``.
        done: What is said when it is done; nothing is where the page says it itself.

    Returns:
        Whether it was done now.

    Raises:
        AccordError: It was refused; the form may be mended and sent again.
    """
    officer, told = officer_of(request), [done]
    refused: list[GateRefuses] = []

    def do() -> None:
        # The decision of a gate that refuses stays on record, so that its refusal ends no transaction.
        try:
            said = act()
        except GateRefuses as stopped:
            refused.append(stopped)
        else:
            # A state or a code is a text by its class, and no sentence.
            told.extend([said] if type(said) is str else [])

    is_done_now = do_once(officer, request.POST, do)
    if refused:
        forget_form(request.POST)
        raise refused[0]
    if not is_done_now:
        notes.warning(request, _("This was done already. Nothing was done twice."))
    elif told[-1]:
        notes.success(request, told[-1])
    return is_done_now
