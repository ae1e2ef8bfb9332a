# What you can do here. `make help` lists it. Works with GNU make 3.81 (macOS) and later.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help lab test quick format data bench pictures clean

help: ## list what you can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

lab: $(VENV)/.student ## set everything up and open the first notebook in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/00-start-here.ipynb

test: $(VENV)/.browser ## set everything up and run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests helpers

quick: $(VENV)/.test ## the tests that need no browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests helpers -m "not browser"

format: $(VENV)/.test ## put code and notebooks into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tests/clean_notebooks.py

data: $(VENV)/.test ## check the data package alone
	$(BIN)/frictionless validate data/datapackage.json
	$(BIN)/python -c "from helpers import load; print(load())"

bench: $(VENV)/.browser ## measure speed and weight; the results go to bench/RESULTS.md
	$(BIN)/python -m bench

pictures: $(VENV)/.browser ## make the pictures of docs/pictures anew
	PYTHONPATH=. $(BIN)/python docs/pictures/make_pictures.py

clean: ## remove what was set up (your notebooks stay)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/pins.txt: environment.yml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed, and $(PYTHON) is `$(PYTHON) -V 2>&1`."; \
	  echo "Get it from https://www.python.org/downloads/ and run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. This command adds it; then run make again:"; \
	  echo "  sudo apt-get install -y python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Setting up $(VENV) (once, a few minutes)…"; $(PYTHON) -m venv $(VENV); }
	@sed -n 's/^ *- \([A-Za-z0-9_.-]*==[0-9][A-Za-z0-9.]*\)$$/\1/p' environment.yml > $@

$(VENV)/.student: $(VENV)/pins.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(VENV)/pins.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.student
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(VENV)/pins.txt -e '.[test]'
	@touch $@

$(VENV)/.browser: $(VENV)/.test
	$(BIN)/python tests/browser.py
	@touch $@
