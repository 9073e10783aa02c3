"""The node's address space: the front page, liveness, metrics, the API, and the rooms that others hang in here."""

from django.urls import URLPattern, URLResolver, include, path

from accord.node.api.application import api
from accord.node.calendars import show_calendar
from accord.node.desk.language import set_language
from accord.node.health import healthz, livez, metrics
from accord.node.pages import front_page, on_bad_request, on_failure, on_forbidden, on_not_found

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", front_page, name="front"),
    path("healthz", healthz, name="healthz"),
    path("livez", livez, name="livez"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("desk/", include("accord.node.desk.urls")),
    path("calendar/<str:secret>.ics", show_calendar, name="calendar"),
    path("account/", include("accord.node.desk.account_urls")),
    path("language/", set_language, name="set_language"),
]

handler400 = on_bad_request
handler403 = on_forbidden
handler404 = on_not_found
handler500 = on_failure
