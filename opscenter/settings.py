"""Settings: everything that differs between installations comes from the environment or ``.env``.

Without any variable the app runs embedded: SQLite, jobs in the process, no other service.
"""

from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from opscenter.accounts import providers

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- safety -----------------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'opscenter.sqlite3'}")
REDIS_URL = env("REDIS_URL", default="")
# Embedded = somebody's own machine: nothing is set up.  Production = DEBUG is off.
DEBUG = env.bool("DEBUG", default="SECRET_KEY" not in env.ENVIRON)
PRODUCTION = not DEBUG
DEVELOPMENT_KEY = "development-only-key-of-an-embedded-installation-that-serves-127.0.0.1"
SECRET_KEY = env("SECRET_KEY", default=DEVELOPMENT_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PRODUCTION:
    if len(SECRET_KEY) < 50 or SECRET_KEY == DEVELOPMENT_KEY:
        raise ImproperlyConfigured("SECRET_KEY must be set to a random value of at least 50 characters.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts this installation serves, without '*'.")

# --- applications -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "core",
    "departments",
    "kpi",
    "campaigns",
    "finance",
    "incentives",
    "opscenter",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.feishu",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.weixin",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "drf_spectacular",
    "rest_framework",
    "tree_queries",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages; the files beside them are stored compressed. Its random bytes and the masked tokens hide lengths.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "opscenter.accounts.second_factor.SecondFactorMiddleware",
    "core.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "opscenter.urls"
WSGI_APPLICATION = "opscenter.wsgi.application"
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
                "opscenter.navigation.navigation",
            ],
        },
    }
]
FORM_RENDERER = "core.form_drawing.SiteRenderer"

# --- database ---------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_database = DATABASES["default"]
EMBEDDED_DATABASE = _database["ENGINE"].endswith("sqlite3")
if EMBEDDED_DATABASE:
    # IMMEDIATE: a transaction that upgrades its lock fails at once with "database is locked".
    # recursive_triggers: without it INSERT OR REPLACE walks through the guards of frozen months.
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;",
    }
    if "/" in str(_database["NAME"]):
        Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    # Many people ask at once: a query spread over several processes is no sooner done, and everybody waits
    # half as long again.  PgBouncer needs ignore_startup_parameters = options for it.
    _database["OPTIONS"].setdefault("options", "-c max_parallel_workers_per_gather=0")

# --- cache, jobs ------------------------------------------------------------------------------------
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Without a broker a job runs in the process that asked for it.
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL or "memory://")
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=not REDIS_URL)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# No result backend: with one on the same Redis, tasks are lost when Redis restarts. The job row is the truth.
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Without a limit a job that kills its worker comes back for ever.
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_ANNOTATIONS = {"*": {"max_retries": 3, "default_retry_delay": 5}}
CELERY_TASK_ACKS_ON_FAILURE = True
CELERY_TASK_ACKS_ON_TIMEOUT = True
CELERY_TASK_SOFT_TIME_LIMIT = env.int("CELERY_TASK_SOFT_TIME_LIMIT", default=240)
CELERY_TASK_TIME_LIMIT = env.int("CELERY_TASK_TIME_LIMIT", default=300)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the hard time limit. A dead worker's message comes back this late; the sweep does not wait
    # for it. The two restore options matter: with their defaults it is up to 100 seconds more.
    "visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", default=900),
    "unacked_restore_interval": env.int("CELERY_RESTORE_INTERVAL", default=10),
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": "opscenter:",
}
CELERY_BEAT_CRON_STARTING_DEADLINE = 3600
# How long a worker holds a job without a sign of life; SQLite has no second connection to give one.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=300 if EMBEDDED_DATABASE else 60)
# Key of the audit chain, kept outside the database; set once, before the first act, and never changed.
AUDIT_CHAIN_KEY = env("AUDIT_CHAIN_KEY", default="")
# The model whose state freezes a month; core has no business nouns.
PERIOD_MODEL = "departments.Period"

# --- files ------------------------------------------------------------------------------------------
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "files")))
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000


def wheel_folder(package: str, *parts: str) -> Path:
    """A folder inside an installed package, found without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImproperlyConfigured(
            f"The package {package} is not installed; run pip install -r requirements.txt."
        )
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)


STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/tabler", wheel_folder("jazzy_tabler", "static", "vendor", "tabler")),
    ("vendor/echarts", wheel_folder("instaui_echarts", "static")),
    (
        "vendor/swagger",
        wheel_folder("drf_spectacular_sidecar", "static", "drf_spectacular_sidecar", "swagger-ui-dist"),
    ),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "opscenter.static.StaticStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- language, time ---------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["opscenter.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Asia/Shanghai")
CELERY_TIMEZONE = TIME_ZONE

# --- sign-in ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "opscenter.accounts.adapters.ClosedAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_LOGOUT_ON_GET = False
# key: one log-in, from wherever; ip: one address, whatever the log-in (offices share one).
# Manuscripts without sign-in: per address, and per link (sent) or reference number (asked).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "30/m/ip,5/5m/key",
    "manuscript_sent": "20/10m/ip,200/d/key",
    "manuscript_asked": "30/10m/ip,10/10m/key",
}
# The contact of an author without a log-in is erased so many days after the manuscript is done with.
MANUSCRIPT_CONTACT_DAYS = env.int("MANUSCRIPT_CONTACT_DAYS", default=90)
# How many proxies in front set X-Forwarded-For; 0: the address of the connection counts.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Second factors: required where money and rights are moved, except where nothing is set up.
MFA_REQUIRED_ROLES = env.list(
    "MFA_REQUIRED_ROLES", default=["finance", "director", "admin"] if PRODUCTION else []
)
MFA_ADAPTER = "opscenter.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The people of a company may have no e-mail address here; without this the library refuses them a factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys without TLS on localhost only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# Other services: those of the environment, for people who connected them before.
SIGN_IN_SERVICES = providers.configured(env)
SOCIALACCOUNT_ADAPTER = "opscenter.accounts.adapters.ExistingPeopleAdapter"
SOCIALACCOUNT_PROVIDERS = SIGN_IN_SERVICES.providers
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_USE_SESSIONS = True

# --- transport --------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # Load balancers ask for the health of a process without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *SIGN_IN_SERVICES.hosts],
        "frame-ancestors": [NONE],
    }
}

# --- API --------------------------------------------------------------------------------------------
# Requests of one person, and of one address that is not signed in: number/second, minute, hour or day.
API_RATE = env("API_RATE", default="600/minute")
API_RATE_SIGNED_OUT = env("API_RATE_SIGNED_OUT", default="60/minute")
REST_FRAMEWORK = {
    # The token first: who is not signed in gets 401, not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "core.api.permissions.DeclaredAccess",
        "opscenter.api.permissions.SecondFactorSet",
    ],
    "DEFAULT_THROTTLE_CLASSES": [
        "core.api.throttling.PersonThrottle",
        "core.api.throttling.StrangerThrottle",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.errors.error_response",
    "COERCE_DECIMAL_TO_STRING": True,
    "NUM_PROXIES": env.int("TRUSTED_PROXY_COUNT", default=0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OpsCenter",
    "DESCRIPTION": (
        "Daily logs, quotas, scores, campaigns, findings and settlements. Everybody sees here what they see "
        "on the pages. Money and other exact numbers are text with their decimals; days are `2018-11-03`, "
        "months `2018-11`."
    ),
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [
        "core.api.permissions.DeclaredAccess",
        "opscenter.api.permissions.SecondFactorSet",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.common_answers",
    ],
}
# Webhooks go to public addresses by TLS; True also allows private ones and plain HTTP.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)

# The site's own name, as people see it; an installation may set its company's.
SITE_NAME = env("SITE_NAME", default="OpsCenter")

# --- reminders --------------------------------------------------------------------------------------
# The address people open, for the links in messages; without it messages have no link.
SITE_URL = env("SITE_URL", default="").rstrip("/")
# Where the robots of group chats live; another address for a private deployment.
MESSAGE_ENDPOINTS = {
    "wecom": env("WECOM_ROBOT_URL", default="https://qyapi.weixin.qq.com"),
    "dingtalk": env("DINGTALK_ROBOT_URL", default="https://oapi.dingtalk.com"),
    "feishu": env("FEISHU_ROBOT_URL", default="https://open.feishu.cn"),
}
# When the day's reminders are worked out (local time); channels are set up on the page and off by default.
REMINDERS_AT = env("REMINDERS_AT", default="17:30")
