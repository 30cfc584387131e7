# `make run` starts everything from a bare checkout; `make check` is what CI runs.

PORT ?= 8000
MAIL_PORT ?= 2525
MINUTES ?= 60
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)

BIN := .venv/bin
DIST := app/web/static/dist/manifest.json
ASSETS := $(shell find app/web/assets -type f)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/*.po))
PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
  fonts-inter fonts-noto-core fonts-dejavu-core chromium

.PHONY: help setup setup-dev packages run test check soak bench words lock
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

help:
	@echo "make run     start everything: PORT=$(PORT) MAIL_PORT=$(MAIL_PORT)"
	@echo "make test    the whole suite, browser included"
	@echo "make check   format, lint, types, import rules, templates, then the suite"
	@echo "make soak    the long tests: MINUTES=$(MINUTES)"
	@echo "make bench   benchmarks beside their baselines, as a table and var/bench.json"
	@echo "make words   find new words in the source and list them in the catalogues"
	@echo "make lock    pin requirements*.in with hashes"

setup: .venv/run.stamp $(DIST) $(CATALOGUES)
	@:

setup-dev: setup .venv/dev.stamp packages
	@:

run: setup
	@exec $(BIN)/flask serve --demo --port $(PORT) --mail-port $(MAIL_PORT)

test: setup-dev
	@$(BIN)/pytest -q -n 2 --dist loadgroup

check: setup-dev
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint app --check --quiet || { $(BIN)/djlint app --check; exit 1; }
	@$(BIN)/djlint app --lint --quiet
	@$(MAKE) test

soak: setup-dev
	@MINUTES=$(MINUTES) $(BIN)/pytest -q tests/soak

bench: setup-dev
	@mkdir -p var
	@$(BIN)/python -m tests.bench

words: .venv/run.stamp
	@mkdir -p var
	@$(BIN)/pybabel --quiet extract --output-file var/messages.pot
	@$(BIN)/pybabel --quiet update --input-file var/messages.pot

lock: .venv/dev.stamp
	@for list in requirements requirements-dev; do $(BIN)/pip-compile --quiet --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras \
	  --allow-unsafe --output-file $$list.txt $$list.in || exit 1; done

# What is installed is remembered by stamps inside the folder it was installed into.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed: apt-get install python3 (or set PYTHON=)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python cannot make virtual environments: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "Installing what runs ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	@echo "Installing tools and tests ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/npm.stamp: package.json package-lock.json .npmrc
	@command -v node >/dev/null && command -v npm >/dev/null || \
	  { echo "Node and npm build the pages' styles and scripts: apt-get install nodejs npm" >&2; exit 1; }
	@echo "Installing what builds the assets ..."
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(DIST): build.mjs $(ASSETS) node_modules/npm.stamp
	@mkdir -p var
	@node build.mjs > var/assets.log || { cat var/assets.log >&2; exit 1; }

%.mo: %.po | .venv/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

packages:
	@missing=$$(for name in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || echo $$name; done | xargs); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	  echo "The tests need these packages of Debian: apt-get install $$missing" >&2; exit 1; fi; \
	echo "Installing $$missing ..."; mkdir -p var; \
	export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get update && apt-get install -y --no-install-recommends $$missing; } > var/packages.log 2>&1 || \
	  { tail -n 20 var/packages.log >&2; exit 1; }
