"""A 404 of the desk and the API is given at a full step; nothing else waits."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accord.node.even_refusals import EvenRefusals, until_even


def rests(path: str, status: int, took: float, settings: object) -> list[float]:
    settings.ACCORD_REFUSAL_STEP_SECONDS = 0.05  # type: ignore[attr-defined]
    moments, rested = iter((10.0, 10.0 + took)), list[float]()

    def answered(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=status)

    edge = EvenRefusals(answered, clock=lambda: next(moments), rest=rested.append)
    assert edge(RequestFactory().get(path)).status_code == status
    return rested


@pytest.mark.parametrize("took", [0.004, 0.0123, 0.049])
@pytest.mark.parametrize("path", ["/desk/cases/CA-2026-22222-22222/", "/api/v1/messages/1"])
def test_a_404_ends_at_the_next_full_step(path: str, took: float, settings: object) -> None:
    (rested,) = rests(path, 404, took, settings)
    assert took + rested == pytest.approx(0.05)


@pytest.mark.parametrize(("path", "status"), [("/desk/", 200), ("/api/v1/cases", 403), ("/nowhere", 404)])
def test_nothing_else_waits(path: str, status: int, settings: object) -> None:
    assert rests(path, status, 0.01, settings) == []


def test_what_took_longer_than_a_step_ends_at_a_later_one() -> None:
    assert until_even(0.07, 0.05) == pytest.approx(0.03)
    assert until_even(0.07, 0.0) == 0.0


def test_it_stands_before_every_other_part_of_the_edge(settings: object) -> None:
    assert settings.MIDDLEWARE[0] == "accord.node.even_refusals.EvenRefusals"  # type: ignore[attr-defined]
