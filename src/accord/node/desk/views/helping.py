"""Help: one request from beginning to end, what to do when something is wrong, keys, and what the codes mean."""

from django.http import HttpRequest, HttpResponse

from accord.node.desk.code_words import choice_label
from accord.node.desk.page import SIGNED_IN, page, show
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE
from accord.vocabulary.evaluation import InformationEvaluation, SourceEvaluation
from accord.vocabulary.handling import Handling
from accord.vocabulary.refusal import DelayReason, RefusalGround
from accord.vocabulary.urgency import AccessClass, Urgency

__all__ = ["show_help"]


@page(SIGNED_IN)
def show_help(request: HttpRequest) -> HttpResponse:
    """Says what each page is for, which keys there are, and what the words and codes mean.

    View permission: any officer in post.
    """
    limits = FIRST_CLOCK_TABLE.limits
    shown = {
        "handling": [(code.value, choice_label("handling", code.value)) for code in Handling],
        "sources": [(code.value, choice_label("source", code.value)) for code in SourceEvaluation],
        "information": [(code.value, choice_label("information", code.value)) for code in InformationEvaluation],
        "grounds": [(code.value, choice_label("ground", code.value)) for code in RefusalGround],
        "delays": [(code.value, choice_label("reason", code.value)) for code in DelayReason],
        "clocks": [
            (choice_label("urgency", urgency.value), [limits.get((urgency, access)) for access in AccessClass])
            for urgency in Urgency
        ],
        "access": [choice_label("access_class", access.value) for access in AccessClass],
    }
    return show(request, "desk/help.html", shown)
