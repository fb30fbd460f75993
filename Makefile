# Two commands on a fresh machine with Python and make: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
SYNC := $(UV) pip sync --quiet --require-hashes --python $(BIN)/python
DIR ?= var/$(if $(HEADLESS),night,demo)

.DEFAULT_GOAL := help
.PHONY: help demo test browser counterparts smoke check lint types contracts lock clean coverage bench pictures faults mutants

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

# With the real counterparts of the drivers once `make counterparts` asked for them.
LOCK = requirements/$(if $(wildcard $(VENV)/counterparts),counterparts,dev).lock

# What is installed is exactly what the lock names, checked by hash.
$(VENV)/installed: requirements/dev.lock requirements/counterparts.lock requirements/uv.lock
	@$(PYTHON) -c 'import sys; sys.exit("Warroom needs Python 3.11 or newer, this is %d.%d." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/uv.lock
	@$(SYNC) $(LOCK)
	@touch $@

demo: $(VENV)/installed ## a whole war room on this machine (HEADLESS=1 plays a night, TORMENT=1 kills meanwhile, RESET=1)
	@$(BIN)/python -m migrations_app.practice --dir $(DIR) $(if $(HEADLESS),--headless --reset) $(if $(RESET),--reset) $(if $(TORMENT),--torment)

test: $(VENV)/installed ## the tests, on a real PostgreSQL and Redis-compatible server started for them
	@$(BIN)/python -m pytest -n 3 -q -m "not bench and not browser"

browser: $(VENV)/installed ## the pages in a real Chromium, two browsers at once where it takes two people
	@$(BIN)/python -m pytest tests/browser -n 2 -q

counterparts: $(VENV)/installed ## Envoy, nginx, Traefik, Caddy, moto, Unleash: what the drivers are tested against (800 MB)
	@touch $(VENV)/counterparts && $(SYNC) requirements/counterparts.lock
	@$(BIN)/python -m tests.real_unleash install

smoke: $(VENV)/installed ## every bench in small: does it still run?
	@$(BIN)/python -m pytest tests/bench -m bench -q

coverage: $(VENV)/installed ## the tests with branch coverage
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest -q -p no:cacheprovider
	@$(BIN)/python -m coverage combine --quiet && $(BIN)/python -m coverage report

faults: $(VENV)/installed ## the fault matrix on the real processes (minutes; root gets what it needs by apt)
	@command -v faketime >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y -qq --no-install-recommends faketime >/dev/null 2>&1; } || echo "LOUD: no faketime, and it can't be installed: what a wrong clock does is not proven." >&2
	@$(BIN)/python -m pytest tests/faults -n 2 -q -rs

mutants: $(VENV)/installed ## the classic bugs put back: which law goes red for each
	@$(BIN)/python -m pytest tests/faults/mutants -q -p no:randomly

check: lint types contracts ## everything that reads the code without running it

lint: $(VENV)/installed ## ruff, djade, djlint, the compose file's schema
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/djade --target-version 5.2 --check $$(git ls-files 'templates/*.html')
	@$(BIN)/djlint --lint --quiet templates
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml

types: $(VENV)/installed ## mypy, strict
	@SECRET_KEY=types-only $(BIN)/mypy warroom migrations_app tests manage.py

contracts: $(VENV)/installed ## who may import whom
	@$(BIN)/lint-imports --no-cache | tail -n 4

bench: $(VENV)/installed ## how fast, beside peers (long; a quiet machine; nginx-light, libnginx-mod-nchan and wrk help)
	@$(BIN)/python -m bench.report

pictures: $(VENV)/installed ## the screenshots of README and docs, taken anew by Chromium
	@$(BIN)/python -m tests.pictures

lock: $(VENV)/installed ## resolve the dependencies anew
	@cd requirements && ./lock

clean: ## remove what was made here
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
