.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PACKAGES := policy data geo sectors store analysis maps reports api web
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run dev test check lint type audit interop fuzz link system dist gallery clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

link:  ## restore the links under src/ where a checkout lost them
	@cd src/clusteratlas && for d in $(PACKAGES); do [ -e $$d/__init__.py ] || { rm -rf $$d && ln -s ../../$$d $$d; }; done

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade "pip>=25.3" setuptools

$(VENV)/run.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e ".[postgis,cluster]" --group dev
	@touch $@ $(VENV)/run.stamp

var/atlas.gpkg: $(VENV)/run.stamp $(wildcard data/*.csv data/*.geojson)
	$(BIN)/clusteratlas build --store $@

run: link $(VENV)/run.stamp var/atlas.gpkg  ## install, build the atlas, serve it on http://127.0.0.1:8000
	$(BIN)/clusteratlas serve --store var/atlas.gpkg --port $(PORT)

dev: link $(VENV)/dev.stamp  ## install for development

system:  ## install what browser and database tests need, where root and apt allow
	@sh scripts/install_system.sh

lint: dev  ## check format and rules
	$(BIN)/ruff format --check . && $(BIN)/ruff check .

type: dev  ## check types
	$(BIN)/mypy

audit: dev  ## look for known holes in what is installed (AUDIT=--strict: fail if no service could be asked)
	@$(BIN)/python scripts/audit.py $(AUDIT)

check: lint type audit  ## format, rules, types and known holes

# A worker that crashes ends the run: pytest-xdist waits for ever for the files of one it replaced.
test: system check  ## everything: checks, tests and doctests
	$(BIN)/pytest -n 2 --dist loadfile --max-worker-restart 0

fuzz: dev  ## thousands of generated requests to every route (CASES=150 a route, SEED=1)
	CLUSTERATLAS_SCHEMATHESIS_CASES=$(or $(CASES),150) CLUSTERATLAS_SCHEMATHESIS_SEED=$(or $(SEED),1) $(BIN)/pytest -s tests/api/test_interop.py -k schemathesis

interop: dev  ## let QGIS and MapLibre GL read the server (installs Debian's python3-qgis, some 1 GB, and an npm package)
	@sh scripts/install_system.sh python3-qgis npm
	mkdir -p var/interop && cp tests/interop/package.json tests/interop/package-lock.json var/interop/
	cd var/interop && npm ci --ignore-scripts --no-audit --no-fund
	CLUSTERATLAS_INTEROP=1 CLUSTERATLAS_INTEROP_MODULES=$(CURDIR)/var/interop/node_modules $(BIN)/pytest tests/interop

dist: dev  ## build the sdist, then the wheel from it
	$(BIN)/python -m pip install -q build && $(BIN)/python -m build

gallery: dev  ## take the pictures of docs/gallery anew (needs Chromium)
	$(BIN)/python scripts/make_gallery.py

clean:  ## remove what was built
	rm -rf $(VENV) var dist build
