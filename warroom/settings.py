"""One settings file for every environment; what differs comes in through `env.py`."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from font_source_sans_pro import font_directory

from warroom.env import Env, database
from warroom.mail import mail

ENV = Env.read()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.hosts
CSRF_TRUSTED_ORIGINS = ENV.origins
WARROOM_URL = ENV.public_url
WARROOM_REDIS_URL = ENV.redis_url

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "csp",
    "migrations_app.apps.MigrationsAppConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "migrations_app.web.middleware.guarded_headers",
    "migrations_app.web.middleware.named",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = ENV.urlconf
WARROOM_KEEP_DIR = BASE_DIR / ENV.keep_dir  # what this machine can bring back by itself
WARROOM_STATUS_DIR = BASE_DIR / ENV.status_dir  # public pages, for when the database is away
globals().update(mail(ENV.mail_url))
WARROOM_MAILS = bool(ENV.mail_url)
DEFAULT_FROM_EMAIL = ENV.mail_from
WARROOM_SLACK_SIGNING_SECRETS = ENV.slack_secrets  # several while one is being replaced
WARROOM_PAGERDUTY_SECRETS = ENV.pagerduty_secrets  # of webhooks; several while one is replaced
WARROOM_SLACK_EMOJI = ENV.slack_emoji  # puts a message on the timeline
WARROOM_SLACK_HOOKS = ENV.slack_hooks  # where the addresses begin that clicks are answered at
WARROOM_METRICS_TOKEN = ENV.metrics_token  # without it /metrics answers this machine alone
WARROOM_HEARTBEAT_URL = ENV.heartbeat_url  # asked for while polling works: docs/operating.md
WARROOM_TRACES = ENV.traces
WARROOM_PANELS = ENV.panels  # addresses of fragments that are loaded below a room
ASGI_APPLICATION = "warroom.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Connections are kept per thread; a lock holder that stops dead must not hold a run for ever.
DATABASES = {
    "default": database(ENV.database_url)
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
_options = DATABASES["default"]["OPTIONS"]
if isinstance(_options, dict):
    _options.setdefault("connect_timeout", 3)
    _options.setdefault("application_name", "warroom")
    _options.setdefault(
        "options",
        "-c idle_in_transaction_session_timeout=5000 -c statement_timeout=15000 -c timezone=UTC",
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "runs"
LOGOUT_REDIRECT_URL = "login"

# Signing in: docs/signing-in.md. People are made by an administrator or arrive by the provider.
WARROOM_PROVIDER = ENV.provider
WARROOM_TRUSTED_PROXIES = ENV.proxies
WARROOM_PROOF_S = ENV.proof_s
ACCOUNT_ADAPTER = "migrations_app.web.adapters.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = False  # it would write mails; who may arrive is decided by us
ACCOUNT_RATE_LIMITS = False  # ours keeps nobody out of their account: web/throttle.py
ACCOUNT_REAUTHENTICATION_REQUIRED = False  # ours knows the provider, too: web/step_up.py
MFA_ADAPTER = "migrations_app.web.adapters.Factors"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "add_webauthn": "migrations_app.web.factors.NewKey",
    "authenticate": "migrations_app.web.factors.Code",
    "authenticate_webauthn": "migrations_app.web.factors.Key",
    "reauthenticate": "migrations_app.web.factors.CodeAgain",
    "reauthenticate_webauthn": "migrations_app.web.factors.KeyAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Warroom"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENV.insecure_http  # browsers do on localhost only
SOCIALACCOUNT_ADAPTER = "migrations_app.web.arrivals.Arrivals"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 4  # seconds for each answer of the provider

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", font_directory)]
WHITENOISE_USE_FINDERS = True

# What must count in every process alike (a code that was used) and must not need Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "migrations_app_cached",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# `__Host-`: no other host, path or unencrypted page can plant these cookies.
_HOST = "" if ENV.insecure_http else "__Host-"
SESSION_COOKIE_NAME = f"{_HOST}sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # from signing in, whatever happens meanwhile: web/login.py
CSRF_COOKIE_NAME = f"{_HOST}csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "migrations_app.web.csrf.refused"
CSRF_COOKIE_SAMESITE = "Lax"
WARROOM_DEVICE_COOKIE = f"{_HOST}device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ENV.insecure_http
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = False  # the proxy's task; a redirect here would break health checks
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # asks for that redirect
SECURE_HSTS_SECONDS = 0 if ENV.insecure_http else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not ENV.insecure_http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"  # without it browsers send forms with `Origin: null`
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Celery carries hints. docs/decisions/0003-celery-carries-hints.md explains the numbers.
CELERY_BROKER_URL = ENV.redis_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "metrics"
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_WORKER_SEND_TASK_EVENTS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "class": "warroom.logs.Masked",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s%(about)s",
        },
        "json": {"class": "warroom.logs.Lines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": ENV.log_format}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "slack_sdk": {"level": "WARNING"},
        # A line for each task that comes, and one for each that went, several a second.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # The server has handlers of its own, which know nothing of secret addresses.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "propagate": False},
        "uvicorn.access": {"handlers": ["stderr"], "propagate": False},
    },
}
