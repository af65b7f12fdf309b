# Two commands are all a new machine needs: `make run` and `make test`.
PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install run demo test chaos check bench conformance format lock browser clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

# Everything the installation is made from: a change in any of it builds front end and catalogs anew.
INPUTS := pyproject.toml requirements.lock hatch_build.py web/frontend/build.js \
	$(wildcard web/frontend/package*.json web/frontend/src/* web/translations/*/LC_MESSAGES/*.po)

$(STAMP): $(INPUTS)
	@command -v $(PYTHON) >/dev/null || { echo "Kaihu needs Python 3.11 (set PYTHON=…)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=24"
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

install: $(STAMP) ## Install everything into .venv

run: $(STAMP) ## Start Kaihu at http://127.0.0.1:8000 with a demo home on SQLite
	$(BIN)/kaihu serve --demo

demo: $(STAMP) ## Open an enterprise's and an individual's account in the demo home, with visible progress
	$(BIN)/kaihu demo

test: $(STAMP) browser ## Run every test (SQLite, PostgreSQL, browser)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

chaos: $(STAMP) ## Kill, race, fill and cut off for as long as docs/reliability.md says (CHAOS_LENGTH=0.1 for a tenth)
	CHAOS_LENGTH=$${CHAOS_LENGTH:-1} $(BIN)/python -m pytest tests/chaos

check: $(STAMP) ## Lint, types, import rules, format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP) ## Measure, with ratios to peers in one run; writes docs/performance.md unless QUICK=1 or JSON=1 (PEERS=0)
	@$(BIN)/python -m bench $(if $(filter 1,$(QUICK) $(JSON)),,--write)

conformance: $(STAMP) ## Run the DMN kit below TCK=DIR against our FEEL and DMN (JSON=1)
	@$(BIN)/python -m conformance "$(TCK)"

format: $(STAMP) ## Put the code into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Renew requirements.lock (hashes, no host names)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--extra otel --extra test --extra check --extra build pyproject.toml -o requirements.lock

browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } \
		|| { echo "The browser tests need Chromium: apt-get install chromium fonts-noto-cjk"; exit 1; }

clean: ## Remove what was built
	rm -rf $(VENV) web/static/built web/frontend/node_modules
