# What one does with Doorward. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# Choices: PORT, DATA_DIR and ARGS for `run`; ARGS for `cluster`, `test`, `bench` and `bench-peers`; VENV and PYTHON for all.
ifdef DOORWARD_VENV
VENV := $(DOORWARD_VENV)
endif
ifeq ($(strip $(VENV)),)
VENV := .venv
endif
export VENV
ifdef PYTHON
export PYTHON
endif

BIN := $(VENV)/bin
CODE := $(wildcard src tests benchmarks scripts examples)
TYPED := $(wildcard src tests benchmarks examples)
FAST_PYTEST = $(BIN)/python -m pytest -q -p no:schemathesis --few
CHECKS := core-tests adapter-tests other-tests types format lint imports

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: server-environment ## Start Doorward on http://localhost:8000 (PORT=… DATA_DIR=… ARGS=… choose)
	@exec $(BIN)/doorward serve $(if $(PORT),--port "$(PORT)") $(if $(DATA_DIR),--data-dir "$(DATA_DIR)") $(ARGS)

.PHONY: demo
demo: server-environment node ## Start four agents on one machine, and say what to try (ARGS="--port 9000" chooses)
	@exec $(BIN)/python -m examples.demo $(ARGS)

.PHONY: cluster
cluster: environment node gateways monitoring ## Start nine servers on one machine, and say what to try (ARGS="--port 9000" chooses)
	@exec $(BIN)/python -m examples.nine_servers $(ARGS)

.PHONY: test
test: environment browser faults-parts node gateways monitoring scanner load ## Run every test; ARGS="tests/unit -k refresh" runs some, without the coverage gate
	@$(BIN)/python -m pytest -n auto $(if $(ARGS),$(ARGS),--cov --cov-report=term-missing:skip-covered)

.PHONY: faults
faults: environment faults-parts ## Kill, fill, cut and confuse for half an hour, and count what held (ARGS=… choose)
	@$(BIN)/python -m tests.faults $(ARGS)

.PHONY: contract
contract: environment ## Run the contract suite, and print what each store keeps of each port
	@$(BIN)/python scripts/contract.py

.PHONY: check
check: environment ## Check format, lint, types, import contracts and unit tests, in half a minute
	@$(MAKE) --no-print-directory --jobs 4 --keep-going --output-sync=target $(CHECKS)

.PHONY: bench
bench: environment ## Measure our figures beside this machine's limits (ARGS=… choose)
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: bench-quick
bench-quick: environment ## Say within three minutes what got slower since figures were kept (ARGS="--keep" keeps new ones)
	@$(BIN)/python -m benchmarks.quick $(ARGS)

.PHONY: bench-peers
bench-peers: environment load node ## Install what is like Doorward, and measure all side by side (ARGS=… choose)
	@$(BIN)/python -m benchmarks.peers $(ARGS)

.PHONY: docs
docs: environment ## Write docs/reference anew from the code, and from what the tests prove
	@$(BIN)/python scripts/reference.py
	@$(BIN)/python -m tests.requirements

.PHONY: screenshots
screenshots: environment browser ## Take a picture of every page, light and dark, phone and desktop
	@$(BIN)/python scripts/screenshots.py

.PHONY: fix
fix: environment ## Format, and mend what the linter can mend
	@$(BIN)/ruff format --quiet $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

.PHONY: lock
lock: ## Write requirements/*.txt anew (needs uv; UPGRADE=1 takes newer versions)
	@scripts/lock

.PHONY: clean
clean: ## Remove caches and what tests and builds left behind; your data and the environment stay
	@rm -rf build dist htmlcov test-results coverage.xml .coverage .coverage.* clients/js/dist examples/spa/dist \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# The parts of `check`, and what the others stand on.
.PHONY: format lint types imports core-tests adapter-tests other-tests environment server-environment browser faults-parts node gateways monitoring scanner load
format: environment
	@$(BIN)/ruff format --check $(CODE)
lint: environment
	@$(BIN)/ruff check $(CODE)
types: environment
	@$(BIN)/mypy $(TYPED)
imports: environment
	@$(BIN)/lint-imports
# Three processes share the tests, as workers of xdist would each collect them all; three for two cores, as they wait too.
core-tests: environment
	@$(FAST_PYTEST) tests/unit/core
adapter-tests: environment
	@$(FAST_PYTEST) tests/unit/adapters
other-tests: environment
	@$(FAST_PYTEST) tests/unit tests/architecture --ignore tests/unit/core --ignore tests/unit/adapters
environment:
	@scripts/environment dev
server-environment:
	@scripts/environment server
browser:
	@scripts/system-parts browser
faults-parts:
	@scripts/system-parts faults
node:
	@scripts/system-parts node
gateways:
	@scripts/system-parts gateways
monitoring:
	@scripts/system-parts monitoring
scanner:
	@scripts/system-parts scanner
load:
	@scripts/system-parts load
