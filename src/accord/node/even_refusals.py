"""Even refusals: what is another's and what was never there are answered 404 after equal times.

Both take the same statements (tests/desk_pages/test_refusal_paths.py), but the database has more to do for a row that
is there and out of reach; over thousands of asks the means differ by some hundredths. So a 404 of the desk and the API
rests until the next full step since its request came. Nothing else waits.

Source: rule CA-07, that neither words nor time tell what is held, as a model for one's own officers.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

__all__ = ["EvenRefusals", "until_even"]

_PACED: Final = ("/desk/", "/api/")


def until_even(took_seconds: float, step_seconds: float) -> float:
    """Returns how long an answer that took so long rests until the next full step."""
    return step_seconds - took_seconds % step_seconds if step_seconds > 0 else 0.0


class EvenRefusals:
    """Lets each 404 of the desk and of the API rest until a full step."""

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponse],
        *,
        clock: Callable[[], float] = time.perf_counter,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self.get_response = get_response
        self._clock = clock
        self._rest = rest

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on, and rests where it is answered that there is no such thing."""
        begun = self._clock()
        response = self.get_response(request)
        if response.status_code == HTTPStatus.NOT_FOUND and request.path.startswith(_PACED):
            self._rest(until_even(self._clock() - begun, settings.ACCORD_REFUSAL_STEP_SECONDS))
        return response
