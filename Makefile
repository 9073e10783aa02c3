# Accord: what a newcomer, a developer and a CI machine run. `make` alone prints the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
VENDOR := src/accord/node/static/vendor
TEXTS := $(patsubst %.po,%.mo,$(wildcard src/accord/node/locale/*/LC_MESSAGES/django.po))
BUILT := $(VENDOR)/manifest.json $(TEXTS)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The first interpreter of 3.11 or newer on the path; PYTHON=... overrides it.
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

# What pip-tools writes must name no registry: a lock is checked by its hashes, wherever the files come from.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url \
	--no-emit-find-links --strip-extras --allow-unsafe

# Some thousand processes of ours start in a run: what the first one compiled, the others read (a third of their start).
unexport PYTHONDONTWRITEBYTECODE

# Two workers: the machines this is built for have two cores. Tests of one file stay in one worker.
PYTEST_ARGS ?= -n 2 --dist loadfile

.PHONY: help setup demo test test-sqlite test-postgres lint types bench pictures docs-schemas languages lock clean distclean

help: ## Print these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.run $(BUILT) ## Make the virtual environment and install the pinned dependencies

demo: $(VENV)/.run $(BUILT) ## Start two nodes, play the story, leave both up (RESET=1 starts anew, ONCE=1 stops at the end)
	$(BIN)/accord demo $(if $(RESET),--reset) $(if $(ONCE),--once) $(DEMO_ARGS)

test: test-sqlite test-postgres ## Run every test on SQLite, and what touches the database again on PostgreSQL

test-sqlite: $(VENV)/.dev $(BUILT) ## Run every test on SQLite
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-postgres: $(VENV)/.dev $(BUILT) ## Run what touches the database on a PostgreSQL server of its own
	$(BIN)/python tests/postgres/server.py -- $(BIN)/python -m pytest -p tests.postgres.plugin $(PYTEST_ARGS)

lint: $(VENV)/.dev ## Check style, format and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev ## Check types with mypy strict
	$(BIN)/mypy

bench: $(VENV)/.dev $(BUILT) ## Measure speed and size beside the limit of this machine; writes bench/results/
	$(BIN)/python -m bench $(BENCH_ARGS)

pictures: $(VENV)/.dev $(BUILT) ## Make a picture of every page in every language, wide and narrow, in pictures/
	$(BIN)/python -m tests.screens.pictures $(PICTURES_ARGS)

docs-schemas: $(VENV)/.dev ## Write the JSON Schemas, the error codes and who may open what to docs/
	$(BIN)/python -m accord.cli.schemas docs/schemas
	$(BIN)/python -m accord.node.api.export docs/schemas/openapi.json
	$(BIN)/python -m tests.meta.codes
	$(BIN)/python -m tests.meta.who_may

languages: $(VENV)/.dev ## Bring the desk's catalogues of texts in line with the source
	$(BIN)/python assets/languages.py collect

lock: $(VENV)/.dev ## Resolve the dependencies of pyproject.toml anew into requirements/
	$(COMPILE) --output-file requirements/run.txt pyproject.toml
	$(COMPILE) --only-build-deps --build-deps-for editable --output-file requirements/build.txt pyproject.toml
	$(COMPILE) --output-file requirements/assets.txt requirements/assets.in
	$(COMPILE) --extra dev --constraint requirements/run.txt --constraint requirements/build.txt \
		--output-file requirements/dev.txt pyproject.toml

clean: ## Remove caches and the demonstration's data
	rm -rf .demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove the virtual environment too
	rm -rf $(VENV)

# Stamps: made anew when the lock or pyproject.toml is newer, so a second run costs nothing.
$(VENV)/.run: pyproject.toml requirements/run.txt requirements/build.txt
	@test -n "$(PYTHON)" || { echo "Accord needs Python 3.11 or newer on the path. Install it, then run make again."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian: apt-get install python3-venv. Then run make again."; \
		exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --requirement requirements/run.txt --requirement requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Style sheets and fonts of the desk, from the packages that assets/package-lock.json pins; and its compiled texts.
$(VENDOR)/manifest.json: assets/build.py assets/package-lock.json requirements/assets.txt | $(VENV)/.run
	$(BIN)/python assets/build.py

$(TEXTS): $(TEXTS:.mo=.po) assets/languages.py | $(VENV)/.run
	$(BIN)/python assets/languages.py compile

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@
