"""The addresses of the desk. Only pages stand here: each states its permission (``accord.node.desk.page``)."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from accord.node.desk.views import queue
from accord.node.desk.views.pending import pending

__all__ = ["app_name", "urlpatterns"]

app_name = "desk"


def _page(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    if not hasattr(view, "desk_page"):
        msg = f"{view.__name__} is not a page of the desk: it states no permission"
        raise TypeError(msg)
    return path(address, view, name=name)


urlpatterns = [
    _page("", queue.show_queue, "queue"),
    _page("news", queue.show_news, "news"),
    # cases
    _page("cases/", pending, "cases"),
    _page("cases/new", pending, "new-case"),
    _page("cases/<slug:reference>/", pending, "case"),
    _page("cases/<slug:reference>/take", pending, "take"),
    # drafts and answers
    _page("drafts/<uuid:key>/", pending, "draft"),
    # approvals and proof
    _page("approvals/", pending, "approvals"),
    _page("approvals/<uuid:key>/", pending, "approval"),
    _page("messages/<uuid:key>/proof", pending, "proof"),
    # the machinery
    _page("channel/", pending, "channel"),
    _page("law/", pending, "law"),
    _page("administration/", pending, "administration"),
    _page("help/", pending, "help"),
    _page("me/", pending, "me"),
]
