"""Django's settings, derived from the one typed configuration in ``accord.node.config``.

Nothing here is set by an operator: what may differ between two nodes is a field of ``NodeConfig``.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.management.utils import get_random_secret_key

from accord.node.config import ConfigRefused, NodeConfig, load_config

CONFIG: Final[NodeConfig] = load_config()
NODE_ROOT: Final = Path(__file__).resolve().parent

# What the lower floors read: they may not import the node's configuration, which stands above them.
ACCORD_HOME: Final[Path] = CONFIG.home
ACCORD_PARTY: Final[str] = CONFIG.party
ACCORD_PASSPHRASE_FILE: Final[str] = CONFIG.passphrase_file
ACCORD_SKEW_TOLERANCE_SECONDS: Final[int] = CONFIG.skew_tolerance_seconds
ACCORD_UNRECEIPTED_ALARM_SECONDS: Final[int] = CONFIG.unreceipted_alarm_seconds
ACCORD_NOTICE_ESCALATION_MINUTES: Final[int] = CONFIG.notice_escalation_minutes
ACCORD_WORKSTREAMS: Final[tuple[str, ...]] = CONFIG.workstreams
ACCORD_NEED_TO_KNOW: Final[str] = CONFIG.need_to_know
ACCORD_MAIL_DOMAINS: Final[frozenset[str]] = frozenset(CONFIG.smtp_domains)

# A writer waits this long for another writer before it reports "database is locked"; a flush of 256 entries holds
# the lock for some 20 ms, so only a stuck process is waited for in vain.
SQLITE_BUSY_SECONDS: Final = 20


def _secret_key(config: NodeConfig) -> str:
    file = config.home / "secret.key"
    # An unconfigured node signs nothing that outlives the process, so a fresh key serves it.
    return file.read_text("ascii").strip() if file.exists() else get_random_secret_key()


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "ENGINE": "accord.node.sqlite",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": SQLITE_BUSY_SECONDS,
            # Statements that stay compiled in each connection; a message and a page need some two hundred together.
            "cached_statements": 512,
            # IMMEDIATE takes the write lock at BEGIN: the row lock of the receiving transaction on SQLite.
            "transaction_mode": "IMMEDIATE",
            # FULL: a receipt is given only for what survives a power cut (design/channel.md, Receiving).
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint=64000;"
                "PRAGMA temp_store=MEMORY"
            ),
        },
        # In memory; pytest-xdist puts its worker's name behind the last parameter, which SQLite passes over.
        "TEST": {"NAME": "file:accord-test?mode=memory&cache=shared&worker="},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    if not parts.path.strip("/"):
        raise ConfigRefused("The PostgreSQL URL names no database.")
    host = options.pop("host", None) or parts.hostname or ""
    # The server may have been tuned for speed; a receipt must still survive its power cut.
    options["options"] = "-c synchronous_commit=on"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", None) or parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _database(config: NodeConfig) -> dict[str, Any]:
    url = config.database_url
    return _sqlite(config.sqlite_path) if url == "sqlite" else _postgresql(url)


SECRET_KEY = _secret_key(CONFIG)
DEBUG = CONFIG.debug
ALLOWED_HOSTS = list(CONFIG.allowed_hosts)
ROOT_URLCONF = "accord.node.urls"
WSGI_APPLICATION = "accord.node.wsgi.application"
DATABASES = {"default": _database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "officers.Officer"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before allauth, whose pages it puts into the desk's frame.
    "accord.node.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "ninja",
    "accord.parties",
    "accord.courier",
    "accord.release",
    "accord.officers",
    "accord.exchange",
    "accord.handling",
    "accord.instruments",
    "accord.liaison",
    "accord.dialogue",
    "accord.workplan",
    *(f"accord.workstreams.{name}" for name in CONFIG.workstreams),
    "accord.oversight",
    "accord.node.api",
    "accord.node.notices",
]

# The step at which a 404 of the desk and the API is given: above the time it takes, and below what a person minds.
ACCORD_REFUSAL_STEP_SECONDS = 0.05

MIDDLEWARE = [
    "accord.node.even_refusals.EvenRefusals",
    "django.middleware.security.SecurityMiddleware",
    "accord.node.headers.SecurityHeaders",
    "accord.node.middleware.Edge",
    "accord.node.compression.Compression",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Behind the account: an officer's own language is stronger than the browser's.
    "accord.node.desk.language.OfferedLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accord.node.desk.session_limits.SessionLimits",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [NODE_ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "accord.node.desk.frame.frame",
            ],
        },
    },
]

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# scrypt is memory-hard and needs no further package (OWASP Password Storage Cheat Sheet: N=2^17 or nearest).
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        # NIST SP 800-63B-4, 3.1.1.2: fifteen characters where the password is the only factor.
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# Sign-in (django-allauth): accounts are made by the administrator, and a second factor is needed off the demonstration.
ACCORD_SECOND_FACTOR: Final[bool] = not CONFIG.demo
ACCORD_SPECIMEN: Final[bool] = CONFIG.demo
AUTHENTICATION_BACKENDS = ["accord.node.desk.sign_in.PostedOfficers", "accord.node.desk.sign_in.AgencyOfficers"]
# The agency's identity provider; off where no issuer is named (accord.node.desk.agency).
ACCORD_AGENCY: Final[str] = CONFIG.agency_issuer
ACCORD_TRUSTED_PROXIES: Final = tuple(ip_network(one) for one in CONFIG.trusted_proxies)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/first"
ACCOUNT_ADAPTER = "accord.node.desk.sign_in.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accord.node.desk.account_forms.SignIn",
    "change_password": "accord.node.desk.account_forms.ChangePassword",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Five wrong passwords for one account from one address in five minutes, or twenty from one address in a minute, and the
# door waits for that address. Codes and proofs of a session are counted by the account and the session alone: whoever
# sits elsewhere stops neither.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/300s/key",
    "login_failed_from": "20/m/ip",
    "proof_failed": "5/300s/key,20/d/key",
    "passkey_asked": "60/m/ip",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "accord.node.desk.factors.Factors"
MFA_FORMS = {
    "activate_totp": "accord.node.desk.account_forms.ActivateCodes",
    "add_webauthn": "accord.node.desk.account_forms.AddPasskey",
    "authenticate": "accord.node.desk.account_forms.AuthenticateByCode",
    "authenticate_webauthn": "accord.node.desk.account_forms.AuthenticateByPasskey",
    "login_webauthn": "accord.node.desk.account_forms.SignInByPasskey",
    "reauthenticate_webauthn": "accord.node.desk.account_forms.ReauthenticateByPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = f"Accord {CONFIG.party}"
# A passkey answers to one origin, which `accord.node.desk.factors` checks to the letter. Here browsers' rule that such
# an origin is secure is lifted for the demonstration on loopback alone.
ACCORD_DESK_ORIGIN: Final[str] = CONFIG.desk_origin
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = CONFIG.demo
# The last sign of an officer is written down once a minute by `accord.node.desk.session_limits`, not at every request.
USERSESSIONS_TRACK_ACTIVITY = False
ACCORD_SESSION_SECONDS: Final[int] = CONFIG.session_hours * 3600
ACCORD_IDLE_SECONDS: Final[int] = CONFIG.idle_minutes * 60

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("hi", "हिन्दी")]
# A language is offered at the desk while its catalogue is complete; tests/desk_pages/test_catalogues.py asks.
ACCORD_DESK_LANGUAGES: Final = LANGUAGES
LOCALE_PATHS = [NODE_ROOT / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

LANGUAGE_COOKIE_NAME = f"accord-language-{CONFIG.party.lower()}"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_SECURE = CONFIG.is_desk_over_tls
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
STATIC_URL = "/static/"
STATICFILES_DIRS = [NODE_ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Served from the installed package itself: a node needs no collectstatic step and no folder of copies.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Cookies demand TLS except where the listener is on loopback without it (config refuses any other case).
SESSION_COOKIE_SECURE = CONFIG.is_desk_over_tls
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = ACCORD_SESSION_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Cookies know no ports: two nodes on one machine would otherwise end each other's sessions.
SESSION_COOKIE_NAME = f"accord-session-{CONFIG.party.lower()}"
CSRF_COOKIE_NAME = f"accord-csrf-{CONFIG.party.lower()}"
CSRF_COOKIE_SECURE = CONFIG.is_desk_over_tls
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
# Behind a proxy that ends TLS, forms come from the desk's public origin.
CSRF_TRUSTED_ORIGINS = [CONFIG.desk_url] if CONFIG.desk_url else []
CSRF_FAILURE_VIEW = "accord.node.pages.on_forged_form"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.is_api_over_tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.is_api_over_tls
X_FRAME_OPTIONS = "DENY"

# A form or an API body larger than this is refused before it is read; attachments come in chunks of 1 MiB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# A form with every group at its limit has some 1,600 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A plain copy of a file never has a name on the disk.
FILE_UPLOAD_HANDLERS = ["accord.node.desk.file_upload.UnnamedFiles"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "accord": {"handlers": ["stderr"], "level": CONFIG.log_level, "propagate": True},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
