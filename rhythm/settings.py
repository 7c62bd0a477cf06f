"""Django's settings. What differs between installations comes from `environment`."""

from django.utils.csp import CSP

from rhythm import clock, environment
from rhythm.web.faults import FAULTS_ALONE

ENV = environment.read()
BASE_DIR = environment.BASE_DIR

# -- Who and where --------------------------------------------------------------
DEBUG = False
SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = list(ENV.secret_key_fallbacks)
ALLOWED_HOSTS = list(ENV.hosts)
APP_BASE_URL = ENV.base_url
DEMO = ENV.is_demo
ADMIN_SITE = ENV.has_admin_site
CSRF_TRUSTED_ORIGINS = [ENV.base_url]

# -- Apps, in the order of the line (design: an app imports only from its left) --
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    # The templates of form widgets (FORM_RENDERER).
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "rhythm.web",
    "rhythm.people",
    "rhythm.ticks",
    "rhythm.notices",
    "rhythm.backups",
    "rhythm.calendar",
    "rhythm.commitments",
    "pipeline.process",
    "pipeline.opportunities",
    "pipeline.movement",
    "pipeline.activities",
    "pipeline.comments",
    "pipeline.accounts",
    "pipeline.reviews",
    "pipeline.runner",
    "pipeline.meetings",
    "pipeline.imports",
    "scorecards.strategy",
    "scorecards.discipline",
    "scorecards.homes",
    "scorecards.demo",
]
if ADMIN_SITE:
    # Without looking for models by itself: rhythm.people.admin lists what it shows.
    INSTALLED_APPS += ["django.contrib.admin.apps.SimpleAdminConfig"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Outside whatever may answer early: a file, another address, a refused host.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "rhythm.web.middleware.PlainTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rhythm.web.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rhythm.web.toasts.ToastMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rhythm.people.middleware.PersonMiddleware",
    "rhythm.people.middleware.SecondFactorMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "rhythm.urls"
WSGI_APPLICATION = "rhythm.wsgi.application"

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
                "rhythm.context.shell",
                "rhythm.people.demo.door",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "rhythm.web.templatetags.rhythm",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- Data -----------------------------------------------------------------------
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **environment.database_parts(ENV.database),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            # A page that waits longer than this has failed; say so and move on.
            "options": (
                f"-c statement_timeout={ENV.statement_seconds}s -c lock_timeout=5s"
                " -c idle_in_transaction_session_timeout=60s"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The web does not need the broker: sessions, cache and rate limits are in PostgreSQL.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PGHISTORY_MIDDLEWARE_METHODS = ("POST",)

# -- People and sign-in ---------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["rhythm.people.backends.SignInBackend"]
# What comes with the person of a session, so that no page asks for it: functions that
# add to the query of people.
PERSON_SURROUNDINGS = ["rhythm.notices.selectors.with_unread"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "homes:home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
ACCOUNT_ADAPTER = "rhythm.notices.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
# Our adapter is told of an address that nobody has, and sends nothing to it.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# Sign-in keeps allauth's own limits: five failures per account in five minutes, ten
# per address in a minute. These are for our own pages that need no sign-in.
RATE_LIMITS = {
    "invitation": "30/m/ip",
    "first_admin": "30/m/ip",
    # Files sent to secret links, right or wrong: a lost link fills no disk in a night.
    "upload": "60/h/ip",
    # Calendars read their secret addresses, many from behind one.
    "calendar": "120/m/ip",
    # One that knows its address, and asks again and again.
    "calendar_read": "60/m/key",
    # Each goes out at once, whatever the channel answered before.
    "channel_test": "20/h/user",
    # Files of deals that one person takes out.
    "export": "10/m/user",
}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
# A new address counts once its owner has opened the link that went there.
ACCOUNT_CHANGE_EMAIL = True
# Changes to how one signs in ask for the password or second factor again.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Whoever takes over an account cannot do so in silence.
ACCOUNT_EMAIL_NOTIFICATIONS = True

# -- Second factor --------------------------------------------------------------
MFA_ADAPTER = "rhythm.people.mfa.MFAAdapter"
MFA_FORMS = {
    "authenticate": "rhythm.people.mfa.AuthenticateForm",
    "add_webauthn": "rhythm.people.mfa.AddPasskeyForm",
}
# Browsers give passkeys to named hosts only, and without TLS only to localhost.
HAS_PASSKEYS = ENV.can_have_passkeys
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENV.is_https
# Nobody is signed in before the first address is confirmed; a change of it that waits
# to be confirmed must not be in the way.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# -- Mail: everything is a row first (rhythm.notices); this is how a row leaves --
MAILERS = environment.mailers(ENV)
# Without one, notices are kept in the database, where admins read them.
HAS_MAIL_SERVER = ENV.email is not None
DEFAULT_FROM_EMAIL = ENV.email_from
# Far longer than the mail server's timeout: a slow send must not look like a dead one.
DELIVERY_LEASE_SECONDS = ENV.delivery_lease_seconds
# Chat webhooks may go there wherever it is.
WEBHOOK_HOSTS = ENV.webhook_hosts
# Who decides, when a notice leaves or is shown, of which its recipient may still read.
NOTICE_GUARDS = {
    "account_review": "pipeline.accounts.access.still_open_to",
    "comment": "pipeline.comments.access.still_open_to",
    "meeting": "pipeline.meetings.access.still_open_to",
}
# What stands in everybody's morning mail, whatever came.
MORNING_MAIL = ("scorecards.strategy.selectors.in_morning_mail",)

# -- Background work: rows are the queue, the broker only wakes workers up -------
REDIS_URL = ENV.redis_url
CELERY_BROKER_URL = environment.broker(ENV)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Longer than the hard time limit, far shorter than an hour.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_TIMEZONE = "UTC"
CELERY_IMPORTS = ("rhythm.clock",)
TICK_SECONDS = ENV.tick_seconds
CELERY_BEAT_SCHEDULE = clock.schedule(TICK_SECONDS)
METRICS_TOKEN = ENV.metrics_token
SIMULATED_CLOCK = ENV.simulated_clock
# Nothing to remember: a tick that was missed is made up for by the next.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
IMPORT_LEASE_SECONDS = ENV.import_lease_seconds

# -- Logs: on standard error, faults alone. Django by itself would say nothing --------
LOGGING = FAULTS_ALONE

# -- Language, time -------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- Files ----------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_root
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = ENV.media_root
# Files in <IMPORT_FOLDER>/<source>/ are brought in by themselves.
IMPORT_FOLDER = ENV.import_folder
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "rhythm.web.static.StaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Our files are for our pages.
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# -- Defence --------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ENV.is_https
# Asked from beside us, behind the proxy that has the certificate.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENV.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.is_https
SECURE_HSTS_PRELOAD = ENV.is_https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.proxies else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if ENV.is_https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.is_https else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "rhythm.web.errors.csrf_failure"
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.proxies
# E-mail is unique by a constraint on its lower case, which the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
