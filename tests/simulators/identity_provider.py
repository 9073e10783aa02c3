"""A real OpenID Connect provider on loopback, in its own process and settings: django-oauth-toolkit.

Run as ``python tests/simulators/identity_provider.py PORT REDIRECT_URI``. It prints ``ready`` once it answers. Its own
door is left open on purpose: ``/enter/?as=NAME&next=...`` is what a person's sign-in at the agency would be. What the
provider then states in ``acr`` and ``amr`` is set with ``/state/?acr=...&amr=...&skew=SECONDS&nonce=...``.
"""

import sys
import tempfile
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

CLIENT = "accord-desk"
SECRET = "specimen-secret-of-the-desk"


def configure(folder: str, port: int) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.configure(
        SECRET_KEY="of-a-test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "provider.sqlite3")}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        LOGIN_URL="/enter/",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SESSION_COOKIE_NAME="provider",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "OpenID Connect"},
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
        },
    )


PORT, REDIRECT = (int(sys.argv[1]), sys.argv[2]) if len(sys.argv) == 3 else (0, "")
FOLDER = tempfile.TemporaryDirectory()
if PORT:
    sys.modules["identity_provider"] = sys.modules[__name__]
    __name__ = "identity_provider"
    configure(FOLDER.name, PORT)
    import django

    django.setup()
    from django.contrib.auth import get_user_model, login
    from django.http import HttpResponse, HttpResponseRedirect
    from django.urls import include, path
    from oauth2_provider.models import get_application_model
    from oauth2_provider.oauth2_validators import OAuth2Validator

    STATED: dict[str, str] = {}

    class Validator(OAuth2Validator):  # type: ignore[misc]
        """States what the test asked for beside the provider's own claims."""

        def get_additional_claims(self, request):  # type: ignore[no-untyped-def]
            return {"email": "duty@agency.example", "preferred_username": "administrator"}

        def get_id_token_dictionary(self, token, token_handler, request):  # type: ignore[no-untyped-def]
            told, expiration = super().get_id_token_dictionary(token, token_handler, request)
            told.update({name: STATED[name] for name in ("acr", "iss", "aud", "nonce") if STATED.get(name)})
            if STATED.get("amr"):
                told["amr"] = STATED["amr"].split(",")
            return told, expiration

    def enter(request):  # type: ignore[no-untyped-def]
        user, _ = get_user_model().objects.get_or_create(username=request.GET["as"])
        login(request, user)
        return HttpResponseRedirect(request.GET["next"]) if request.GET.get("next") else HttpResponse(str(user.pk))

    def state(request):  # type: ignore[no-untyped-def]
        STATED.clear()
        STATED.update(request.GET.dict())
        return HttpResponse("stated")

    urlpatterns = [
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
        path("enter/", enter),
        path("state/", state),
    ]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


def main() -> None:
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    owner = get_user_model().objects.create(username="owner")
    get_application_model().objects.create(
        name="desk",
        user=owner,
        client_id=CLIENT,
        client_secret=SECRET,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=REDIRECT,
        skip_authorization=True,
        algorithm="RS256",
    )
    server = make_server("127.0.0.1", PORT, get_wsgi_application(), handler_class=_Quiet)
    print("ready", flush=True)
    server.serve_forever()


if PORT:
    main()
