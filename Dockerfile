# One image for web, workers and poller. Runs as an ordinary user on a read-only file system.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
# LOCK=traces brings what OpenTelemetry needs: docs/operating.md.
ARG LOCK=prod
COPY requirements/${LOCK}.lock requirements/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/${LOCK}.lock
COPY manage.py ./
COPY warroom warroom
COPY migrations_app migrations_app
COPY templates templates
COPY static static
RUN rm -rf migrations_app/practice \
 && SECRET_KEY=build-only /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && /venv/bin/python -m compileall -q warroom migrations_app

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app
RUN groupadd --gid 10001 warroom && useradd --uid 10001 --gid warroom --no-create-home warroom
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
RUN mkdir --mode 0700 /state && chown warroom:warroom /state
ENV WARROOM_STATUS_DIR=/state/status WARROOM_KEEP_DIR=/state/keep
USER 10001:10001
EXPOSE 8000
CMD ["uvicorn", "warroom.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--timeout-graceful-shutdown", "3", "--no-proxy-headers"]
