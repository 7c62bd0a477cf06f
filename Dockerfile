# The production image: web, worker, beat and migrations are four commands of it.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups
COPY . .
# Nothing is connected to, and nothing of this environment is kept.
RUN RHYTHM_PROFILE=local STATIC_ROOT=/app/collected \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    DATABASE_URL=postgresql://nowhere/none REDIS_URL=redis://nowhere \
    .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent rhythm \
    && install --directory --owner=rhythm /data /data/media
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/app/collected \
    MEDIA_ROOT=/data/media \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=4
USER rhythm
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout=10", "rhythm.wsgi:application"]
