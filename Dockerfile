# One image for every part of the department mode; docker-compose.yml says which part runs.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 BWC_HOME=/var/lib/bwc BWC_MODELS=/opt/bwc/models
WORKDIR /opt/bwc

COPY requirements-uv.txt requirements.txt pyproject.toml README.md LICENSE NOTICE ./
COPY bwc bwc
COPY workers workers
COPY api api
COPY policies policies
RUN python -m pip install --no-cache-dir --require-hashes --requirement requirements-uv.txt \
 && uv pip install --system --no-cache --compile-bytecode --requirement requirements.txt \
 && python -m compileall -q bwc workers api \
 && bwc models pull \
 && useradd --system --home-dir /var/lib/bwc --create-home bwc
USER bwc
VOLUME /var/lib/bwc
CMD ["bwc", "--help"]
