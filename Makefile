# Everything a contributor types. `make` alone lists the targets.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

.PHONY: setup
setup: .venv/ready ## prepare .venv with bwc in it, models and demo pictures; later commands work offline

.venv/ready: requirements.lock requirements-uv.txt pyproject.toml bwc/redaction/models.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v == (3, 11) else f"bwc needs Python 3.11, {sys.executable} is {v[0]}.{v[1]}: make PYTHON=/path/to/python3.11 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-uv.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --no-deps --requirement requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q bwc workers api
	$(BIN)/bwc models pull
	@touch $@

.PHONY: demo
demo: setup ## a whole demo department: portal on http://127.0.0.1:8080, desk on http://127.0.0.1:8081
	@exec $(BIN)/bwc demo

.PHONY: up
up: setup ## start bwc on what lies in .bwc
	@exec $(BIN)/bwc up

.PHONY: test
test: setup ## every test that this machine can run
	$(BIN)/pytest -q -n 2 --dist loadgroup

.PHONY: lint
lint: setup ## ruff, mypy, import contracts, policy data
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/yamllint --strict policies

.PHONY: bench
bench: setup ## measure: ratios within one run against a named baseline
	@set -e; for script in bench/*.py; do $(BIN)/python -m bench.$$(basename $$script .py); done

.PHONY: golden
golden: setup ## rewrite the golden files; review reads the difference
	TEST_GOLDEN=write $(BIN)/pytest -q tests -k golden

.PHONY: lock
lock: ## resolve the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --no-emit-index-url --no-header --no-annotate --python-version 3.11 --quiet --output-file requirements.txt
	printf '%s\n' ./packaging/dlib ./packaging/face-recognition-models . >> requirements.txt

.PHONY: clean
clean: ## remove what setup and tests left here; footage and catalogs in .bwc stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist *.egg-info
