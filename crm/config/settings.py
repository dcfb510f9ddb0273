"""Settings of the whole project: one documented environment variable for each thing that an installation may choose.

Variables come from the environment or, for what `make run` started, from `var/run.env`. `docs/operate.md` lists them.
"""

import logging
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from crm.config.logs import logging_settings

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent

# VAR_DIR: folder for everything an installation writes: data of the embedded default, uploads, demo sign-ins.
VAR_DIR = env.path("VAR_DIR", default=str(BASE_DIR / "var"))
VAR_DIR = Path(str(VAR_DIR))
if (VAR_DIR / "run.env").is_file():
    env.read_env(str(VAR_DIR / "run.env"))

# DEBUG: Django's debug pages. Never in production.
DEBUG: bool = env.bool("DEBUG", default=False)
# DEMO: the story and the imported pipeline are loaded, mails land in a page of the app, plain HTTP is fine.
DEMO: bool = env.bool("DEMO", default=False)
# SECRET_KEY: signs cookies and links; at least 50 random characters. Only debug and demo do without.
SECRET_KEY = env.str("SECRET_KEY", default="only-for-debugging-" * 3 if DEBUG or DEMO else environ.Env.NOTSET)
# SECRET_KEY_FALLBACKS: earlier values of SECRET_KEY, comma-separated; what they signed or sealed is still read.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
# PORT: the port that `make run` serves.
PORT = env.int("PORT", default=8000)
# SITE_URL: the address that people type; links in mails start with it. HTTPS here switches all HTTPS rules on. Passkeys
# belong to a name: there are none where this is the number of a machine.
SITE_URL: str = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
HTTPS: bool = SITE_URL.startswith("https://")
# ALLOWED_HOSTS: host names that requests may name, comma-separated; the host of SITE_URL always may.
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [
    urlsplit(SITE_URL).hostname or "",
    *env.list("ALLOWED_HOSTS", default=_LOOPBACK if DEBUG or DEMO or urlsplit(SITE_URL).hostname in _LOOPBACK else []),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "crm",
    "deals",
    "handoff",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.web.viewer.ViewerMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.web.errors.DomainErrorMiddleware",
    "crm.room.door.DoorMiddleware",
]

ROOT_URLCONF = "crm.config.urls"
ASGI_APPLICATION = "crm.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "crm.web.context.shell",
            ],
        },
    }
]

FORM_RENDERER = "crm.web.forms.GroundRenderer"
CSRF_FAILURE_VIEW = "crm.web.errors.csrf_failure"

# The seller, as its people and its buyers see it --------------------------------------------------------------------
# ORGANIZATION_NAME: the selling organisation.   ORGANIZATION_SHORT_NAME: what it is called in a sentence.
ORGANIZATION_NAME: str = env.str("ORGANIZATION_NAME", default="Nordlicht Analytics" if DEMO else "Common Ground")
ORGANIZATION_SHORT_NAME: str = env.str("ORGANIZATION_SHORT_NAME", default="Nordlicht" if DEMO else ORGANIZATION_NAME)
# BASE_CURRENCY: what other currencies are worth is said in this one.
BASE_CURRENCY: str = env.str("BASE_CURRENCY", default="USD")
# ORGANIZATION_DOMAINS: our mail domains, with commas between; nobody with an address there is let in as a buyer or partner.
ORGANIZATION_DOMAINS: list[str] = env.list("ORGANIZATION_DOMAINS", default=["nordlicht.example"] if DEMO else [])
# ORGANIZATION_LOGO: static path of a picture for the room's top line; without it the first letter stands there.
ORGANIZATION_LOGO: str = env.str("ORGANIZATION_LOGO", default="crm/brand/nordlicht.svg" if DEMO else "")
# BRAND_STYLESHEET: static path of a style sheet that sets --brand, --brand-2, --on-brand and --brand-soft.
BRAND_STYLESHEET: str = env.str("BRAND_STYLESHEET", default="")

# Database -----------------------------------------------------------------------------------------------------------
# DATABASE_URL: PostgreSQL 15 or newer, with the role that the application runs as.
# DATABASE_OWNER_URL: the same database with the role that owns the tables; migrates, flushes.
# DATABASE_ROLE: "owner" or "app"; set by manage.py for the commands that need the owner.
# DATABASE_POOL: connections kept open for each process; 0 opens one for each request.
DATABASE_URL: str = env.str("DATABASE_URL", default="postgresql:///common_ground")
DATABASE_OWNER_URL: str = env.str("DATABASE_OWNER_URL", default=DATABASE_URL)
DATABASE_ROLE: str = env.str("DATABASE_ROLE", default="app")
DATABASE_POOL = env.int("DATABASE_POOL", default=0)

_app_database = env.db_url_config(DATABASE_URL)
_owner_database = env.db_url_config(DATABASE_OWNER_URL)
# The role that gets no UPDATE, DELETE or TRUNCATE on append-only tables; "" where one role does both jobs.
DATABASE_APP_ROLE: str = _app_database["USER"] if _app_database["USER"] != _owner_database["USER"] else ""

DATABASES = {"default": _owner_database if DATABASE_ROLE == "owner" else _app_database}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})["application_name"] = f"common-ground-{DATABASE_ROLE}"
if DATABASE_POOL:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10}

# Redis: job queue, cache, live updates. Never the record of anything, and no request needs it to succeed. ----------
# REDIS_URL: redis://…, rediss://… or unix://…
REDIS_URL: str = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
# REDIS_PREFIX: put before every key, so that several installations can share one server.
REDIS_PREFIX: str = env.str("REDIS_PREFIX", default="cg:")
CACHES = {
    "default": {
        "BACKEND": "crm.cache.FailOpenRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}cache",
        "OPTIONS": {"socket_connect_timeout": 0.1, "socket_timeout": 0.5},
    }
}

# People and sign-in -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "crm.web.account_adapter.StaffAccountAdapter"
ACCOUNT_FORMS = {
    "login": "crm.web.account_forms.SignInForm",
    "reset_password": "crm.web.account_forms.ForgottenPasswordForm",
    "add_email": "crm.web.account_forms.AnotherAddressForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "crm.web.account_adapter.StaffSecondStep"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "crm.web.account_forms.PasskeyForm"}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Common Ground"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# WEBHOOKS_REACH_PRIVATE: webhooks may go to private network addresses and over plain HTTP. Only inside a closed network.
WEBHOOKS_REACH_PRIVATE: bool = env.bool("WEBHOOKS_REACH_PRIVATE", default=False)
# Sessions live in PostgreSQL. Staff and room have cookies of their own; `__Host-` needs HTTPS. ---------------------
_cookie_prefix = "__Host-" if HTTPS else ""
SESSION_ENGINE = "crm.sessions"
SESSION_COOKIE_NAME = f"{_cookie_prefix}cg_staff"
ROOM_COOKIE_NAME = f"{_cookie_prefix}cg_room"
ROOM_BROWSER_COOKIE_NAME = f"{_cookie_prefix}cg_browser"
CSRF_COOKIE_NAME = f"{_cookie_prefix}cg_csrf"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Browser rules ------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# BEHIND_PROXY: the proxy in front sets X-Forwarded-Proto, and nobody reaches the app around it.
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "connect-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "accelerometer": [],
    "camera": [],
    "display-capture": [],
    "geolocation": [],
    "gyroscope": [],
    "magnetometer": [],
    "microphone": [],
    "midi": [],
    "payment": [],
    "usb": [],
}

# Static files and uploads -------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crm.staticfiles.JoinedStaticFilesStorage"},
}
# ERASURE_LIST: file to which every erasure is added, with ids and times only. Keep it apart from the database's backups.
ERASURE_LIST: str = env.str("ERASURE_LIST", default=str(VAR_DIR / "erasures.jsonl"))
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Mail ---------------------------------------------------------------------------------------------------------------
# EMAIL_URL: smtp://…, smtp+tls://… or smtp+ssl://…. Without it a demo keeps mails in its database, shown in the app.
# EMAIL_FROM: the sender of all mails.
DEMO_OUTBOX = DEMO and not env.str("EMAIL_URL", default="")
if DEMO_OUTBOX:
    EMAIL_BACKEND = "crm.mail.demo.DemoBackend"
else:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
    EMAIL_BACKEND = "crm.mail.smtp.SmtpBackend"
# Mails with a secret leave from a thread of the web process, so that no page waits for the mail server.
MAIL_IN_BACKGROUND = True
EMAIL_TIMEOUT = 10
_SENDER = f"{ORGANIZATION_NAME} <room@nordlicht.example>" if DEMO_OUTBOX else "Common Ground <noreply@localhost>"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default=_SENDER)

# Evidence -----------------------------------------------------------------------------------------------------------
# LEDGER_CHECKPOINTS: folder for the checkpoints of the ledger; keep it on another disk or machine than the database.
LEDGER_CHECKPOINTS = Path(env.str("LEDGER_CHECKPOINTS", default=str(VAR_DIR / "checkpoints")))
# LEDGER_CHECKPOINT_EMAIL: who gets each checkpoint by mail; best somebody who cannot reach the database.
LEDGER_CHECKPOINT_EMAIL: str = env.str("LEDGER_CHECKPOINT_EMAIL", default="")
# LEDGER_ALARM_EMAIL: who is told when the ledger is not what it was; without it the administrators.
LEDGER_ALARM_EMAIL: str = env.str("LEDGER_ALARM_EMAIL", default="")
# SIGN_IN_FACTS_DAYS: how long evidence keeps from which address and browser somebody answered.
SIGN_IN_FACTS_DAYS = env.int("SIGN_IN_FACTS_DAYS", default=90)
# PDF_FONTS: folder with further fonts for PDFs, for scripts that ours lack, such as Mongolian.
PDF_FONTS: str = env.str("PDF_FONTS", default="")

# Languages, formats, time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")  # LANGUAGE_CODE: used where a browser asks for none we have
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "crm" / "locale"]
FORMAT_MODULE_PATH = ["crm.config.formats"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")  # TIME_ZONE: for rooms and people that chose none
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# REST ---------------------------------------------------------------------------------------------------------------
# API_CALLS_PER_KEY, API_CALLS_PER_USER: calls in a minute with one key, and of one person with all keys; 0: no limit.
API_CALLS_PER_KEY: int = env.int("API_CALLS_PER_KEY", default=600)
API_CALLS_PER_USER: int = env.int("API_CALLS_PER_USER", default=1200)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crm.api.authentication.KeyAuthentication",
        "crm.api.authentication.StaffSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["crm.api.limits.RateLimits"],
    "DEFAULT_RENDERER_CLASSES": ["crm.api.formats.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.api.formats.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "crm.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Common Ground",
    "DESCRIPTION": "Deals, what both sides agreed, handoffs and goals. Start with docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "POSTPROCESSING_HOOKS": [],
    "PREPROCESSING_HOOKS": ["crm.api.description.only_resources"],
    "WEBHOOKS": ["crm.api.webhook.EVENT"],
}

# Logs ---------------------------------------------------------------------------------------------------------------
# LOG_LEVEL: DEBUG, INFO, WARNING or ERROR.   LOG_FORMAT: "json" for machines, "console" for people.
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT = env.str("LOG_FORMAT", default="console" if DEBUG or DEMO else "json")
LOGGING = logging_settings(level=LOG_LEVEL, log_format=LOG_FORMAT)
LOGGING_CONFIG = "crm.config.logs.configure"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # who came from where is evidence with its own end, not a log
DJANGO_STRUCTLOG_REQUEST_CANCELLED_LOG_LEVEL = logging.INFO  # a browser that closes a page is no fault

SILENCED_SYSTEM_CHECKS: list[str] = []
