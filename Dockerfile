# carbonmart with Prefect: the same image is the server, the worker and the one who deploys.
# tests/e2e/image.py runs these steps without Docker.
FROM python:3.11-slim

ENV VIRTUAL_ENV=/opt/venv
ENV PATH=/opt/venv/bin:$PATH
ENV PYTHONUNBUFFERED=1
ENV PREFECT_SERVER_ANALYTICS_ENABLED=false
# The newer UI makes the browser ask an analytics host all the same.
ENV PREFECT_SERVER_UI_V2_ENABLED=false
ENV DO_NOT_TRACK=1

RUN python -m venv /opt/venv && python -m pip install -q --disable-pip-version-check uv

WORKDIR /opt/carbonmart
COPY pyproject.toml requirements.lock README.md LICENSE prefect.yaml carbonmart.py ./
COPY extractors ./extractors
COPY flows ./flows
COPY schemas ./schemas
COPY transforms ./transforms
COPY warehouse ./warehouse
# Locked versions, of what a run needs: the lock file also holds the tools of development.
RUN uv pip install -q --constraint requirements.lock ".[dask]"

# Whoever it runs as may write; a volume mounted here takes over these rights.
RUN mkdir -p /store && chmod 1777 /store
ENV CARBONMART_HOME=/store
ENV CARBONMART_CACHE=/tmp/carbonmart
ENV PREFECT_HOME=/tmp/prefect
ENV HOME=/tmp
USER 10001:10001

CMD ["carbonmart", "--help"]
