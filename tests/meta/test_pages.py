"""No page is forgotten: each address that answers GET is looked at by the tests of every page, or left out in words."""

from django.urls import URLPattern

from accord.node.desk.account_urls import CLOSED
from accord.node.desk.account_urls import urlpatterns as account_addresses
from accord.node.desk.urls import urlpatterns as desk_addresses
from tests.screens.gallery import LEFT_OUT, SIGHTS


def answering() -> set[str]:
    desk = {one.name for one in desk_addresses if "GET" in one.callback.desk_page.methods}  # type: ignore[attr-defined]
    # Those that are closed only lead back to sign-in.
    account = {one.name for one in account_addresses if isinstance(one, URLPattern)} - set(CLOSED.values())
    return {str(name) for name in desk | account}


def test_every_page_is_looked_at_or_left_out_for_a_reason() -> None:
    forgotten = answering() - {sight.name for sight in SIGHTS} - set(LEFT_OUT)
    assert forgotten == set(), "say in tests/screens/gallery.py how it is opened, or why it is left out"


def test_the_list_of_pages_names_no_page_that_is_gone() -> None:
    assert {sight.name for sight in SIGHTS} | set(LEFT_OUT) <= answering()


def test_no_page_is_both_looked_at_and_left_out() -> None:
    assert {sight.name for sight in SIGHTS} & set(LEFT_OUT) == set()
