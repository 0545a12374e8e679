# `make demo` and `make test` need Python 3.11 (to 3.13) and make; they do their own set-up.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
SUPERSET ?= .superset
# Two runners for two cores; a test file stays on one of them. In the order of the folders, in
# which the files of few and long tests come first: the last ones then end at the same time.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-bi kills chaos lint types check bench truth rehearsal docs format lock setup clean

demo: setup  ## A nightly run over the embedded sample, the tables, where to look on
	@CARBONMART_HOME="$${CARBONMART_HOME:-./data}" $(BIN)/carbonmart demo

test: setup  ## All tests
	@$(PYTEST)

kills: setup  ## 200 kills over load, compaction, release and publication, and more over a night
	@KILLS=200 $(BIN)/python -m pytest tests/faults/store/test_durability.py tests/e2e/test_kill.py

chaos: setup  ## A fortnight of nights under 1,000 faults (SEED=..., FAULTS=..., MINUTES=...)
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(MINUTES),--minutes $(MINUTES))

test-bi: setup $(SUPERSET)/ready  ## The dashboard in a real Superset, installed into .superset
	@CARBONMART_SUPERSET_BIN=$(SUPERSET)/bin $(BIN)/python -m pytest -m superset tests/e2e/test_superset.py

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	@$(BIN)/mypy

check: lint types test  ## What has to pass before a change lands

bench: setup  ## Ratios and budgets, measured in one run
	@$(BIN)/python -m tests.bench

truth: setup  ## Precision and recall of the readers of prose, on texts whose facts are known
	@$(BIN)/python -m tests.truth $(if $(WRITE),--write)

rehearsal: setup  ## The first evenings of a live home at the exchange's own size; then `make docs`
	@$(BIN)/python -m tests.rehearsal

docs: setup  ## The pages of docs/ that follow from schemas and declarations
	@$(BIN)/python -m tests.docs

format: setup
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

lock: $(VENV)/uv  ## Resolve the lock file anew from pyproject.toml
	@$(BIN)/uv pip compile -q pyproject.toml --group dev --generate-hashes --no-emit-index-url \
		--universal --python-version 3.11 -o requirements.lock

setup: $(VENV)/ready

$(VENV)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "carbonmart needs Python 3.11 to 3.13; set PYTHON=/path/to/it" >&2; exit 1; }
	@echo "Setting up $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@touch $@

$(VENV)/ready: $(VENV)/uv requirements.lock pyproject.toml
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --no-deps -e .
	@touch $@

# Superset's own wheel names too few dependencies, and of Flask-Caching one that is too new.
$(SUPERSET)/ready: $(VENV)/ready
	@echo "Installing Apache Superset into $(SUPERSET) ..." >&2
	@$(BIN)/uv venv -q --clear --python 3.11 $(SUPERSET)
	@VIRTUAL_ENV=$(SUPERSET) $(BIN)/uv pip install -q 'apache-superset>=6.1,<7' duckdb-engine \
		'Flask-Caching<2.4' rich cachetools
	@touch $@

clean:
	rm -rf $(VENV) $(SUPERSET) data .pytest_cache .mypy_cache .ruff_cache .hypothesis
