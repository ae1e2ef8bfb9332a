# What you can do here. `make help` lists it. Works with GNU make 3.81 (macOS) and later.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help lab app test quick format data bench pictures clean
.PHONY: assignments grade mark fake-class handouts site links hub-test binder-test test-newest audit peers

help: ## list what you can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-11s %s\n", $$1, $$2}'

lab: $(VENV)/.student ## set everything up and open the first notebook in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/00-start-here.ipynb

app: $(VENV)/.student ## the explorers without code, for a class that only looks (Voilà)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(VENV)/pins.txt -e '.[app]'
	cd teaching/app && JUPYTER_PATH=. ../../$(BIN)/python -m voila explore.ipynb

grade: $(VENV)/.teach ## mark what was handed in: make grade IN=downloads/ [ROSTER=class.csv]
	@test -n "$(IN)" || { echo "Say where the downloads are, a folder or a zip:  make grade IN=downloads/"; exit 1; }
	$(BIN)/python -m teaching.marking grade "$(IN)" $(if $(ROSTER),--roster "$(ROSTER)") $(if $(OUT),--out "$(OUT)")

mark: $(VENV)/.teach ## open the form for written answers
	$(BIN)/python -m teaching.marking mark $(if $(OUT),--out "$(OUT)")

fake-class: $(VENV)/.teach ## a class that does not exist, to try the marking with, in the folder downloads
	$(BIN)/python -m teaching.marking fake-class downloads

assignments: $(VENV)/.teach ## make the students' copies of the assignments anew
	$(BIN)/python -m teaching.marking release

handouts: $(VENV)/.browser ## printable pages for each lesson, in build/handouts
	$(BIN)/python -m teaching.handouts

site: $(VENV)/.test ## the reading edition: all lessons as pages that need no Python, in build/site
	$(BIN)/python -m edition

links: $(VENV)/.student ## launch links: make links REPO=https://github.com/owner/name TAG=v1.0
	$(BIN)/python -m teaching.links $(if $(REMOVE),--remove,--repo "$(REPO)" --tag "$(TAG)" --branch "$(BRANCH)" --hub "$(HUB)")

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

peers: $(VENV)/.browser ## measure beside other timelines and network maps (installs them apart)
	$(BIN)/python -m bench.peers

hub-test: $(VENV)/.test ## twenty students at once on a real JupyterHub on this machine (installs it apart)
	$(BIN)/python -m bench hub

binder-test: $(VENV)/.test ## what Binder would build, and all lessons in such an environment
	$(BIN)/python -m pytest tests/test_binder.py

test-newest: $(VENV)/.test ## the tests on the newest packages that pyproject.toml allows
	$(BIN)/python -m tests.environments newest
	.envs/newest/bin/python -m pytest -n 2 --dist loadgroup tests helpers -m "not browser" \
	  --ignore=tests/test_binder.py --ignore=tests/test_versions.py --ignore=tests/test_deploy.py

audit: $(VENV)/.test ## known vulnerabilities among the packages that are installed
	$(BIN)/python -m tests.audit

clean: ## remove what was set up (your notebooks stay)
	rm -rf $(VENV) .envs build .mypy_cache .pytest_cache .ruff_cache .hypothesis

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

$(VENV)/.teach: $(VENV)/.student
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(VENV)/pins.txt -e '.[teach]'
	@touch $@

$(VENV)/.test: $(VENV)/.teach
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(VENV)/pins.txt -e '.[test]'
	@touch $@

$(VENV)/.browser: $(VENV)/.test
	$(BIN)/python tests/browser.py
	@touch $@
