"""How Django and Celery spell the addresses that the environment gives."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote

from rhythm.environment.shape import Environment


def database_parts(url: SplitResult) -> dict[str, str]:
    """Return name, user, password, host and port as Django wants them.

    A socket folder comes as `postgresql://user@/name?host=/folder`.
    """
    query = dict(each.split("=", 1) for each in url.query.split("&") if "=" in each)
    return {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(query.get("host", "")) or url.hostname or "",
        "PORT": str(url.port or query.get("port", "")),
    }


def broker(environment: Environment) -> str:
    """Return the broker's address as Celery spells it."""
    return environment.redis_url.replace("unix://", "redis+socket://", 1)


def mailers(environment: Environment) -> dict[str, dict[str, object]]:
    """Return Django's MAILERS: SMTP by EMAIL_URL, or nothing.

    Without EMAIL_URL nothing leaves: notices stay in the database, marked as kept,
    and admins read them in the app.
    """
    url = environment.email
    if url is None:
        return {"default": {"BACKEND": "rhythm.notices.backends.KeptBackend"}}
    implicit = url.scheme == "smtps"
    options = {
        "host": url.hostname,
        "port": url.port or (465 if implicit else 587),
        "username": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "use_ssl": implicit,
        "use_tls": url.scheme == "smtp+tls",
        # Shorter than a notice's lease: a slow send must not look like a dead one.
        "timeout": 30,
    }
    backend = "django.core.mail.backends.smtp.EmailBackend"
    return {"default": {"BACKEND": backend, "OPTIONS": options}}
