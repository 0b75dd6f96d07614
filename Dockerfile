# The service in one image: no compiler, no tests, no root. All state lies in /srv/starling/var
# (SQLite and the secret key) or on the PostgreSQL server that STARLING_DATABASE_URL names.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_CONSTRAINT=/build/constraints.txt \
    PIP_BUILD_CONSTRAINT=/build/constraints.txt

# The packages first: they change less often than the code, and this layer is the slow one.
WORKDIR /build
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt \
    && pip install --constraint constraints.txt --requirement requirements.txt

COPY README.md ./
COPY surveys ./surveys
COPY outcomes ./outcomes
COPY pictures ./pictures
COPY storage ./storage
COPY usecases ./usecases
COPY followups ./followups
COPY bot ./bot
COPY web ./web
COPY starling ./starling
RUN pip install --no-deps . && pip check

# Somebody who owns nothing but the folder of the data.
RUN useradd --system --uid 10001 --home-dir /srv/starling --shell /usr/sbin/nologin starling \
    && install --directory --owner=starling --group=starling --mode=0700 /srv/starling/var
WORKDIR /srv/starling
USER starling
VOLUME /srv/starling/var

# Inside a container the service listens to its neighbours; MPLCONFIGDIR is where fonts are cached.
ENV STARLING_WEB_HOST=0.0.0.0 \
    STARLING_WEB_PORT=8080 \
    MPLCONFIGDIR=/tmp/matplotlib
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["starling", "run"]
