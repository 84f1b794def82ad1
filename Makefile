# Zhanggui: `make run` sets everything up and serves the sample shop; `make test` runs the tests.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
CURVE ?= $(HOME)/.cache/zhanggui-curve

.PHONY: run setup test test-orders-long check eval bench bench-retrieval bench-intents train-encoder train-curve train-answerable train-thresholds clean help

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: setup ## Set everything up and serve the sample shop at http://localhost:8000
	@$(BIN)/zhanggui serve --port $(PORT)

setup: $(VENV)/.runtime ## Make .venv, fetch and verify the models, build the sample shop
	@$(BIN)/zhanggui setup

test: $(VENV)/.dev ## Run the tests; what a machine lacks (Chromium, data sets) is skipped with a message
	@$(BIN)/zhanggui setup
	@$(BIN)/zhanggui models pull smollm2-135m
	$(BIN)/python -m pytest $(PYTEST)

test-orders-long: $(VENV)/.dev ## Try 10,000 random sequences of changes to orders (some minutes)
	ZHANGGUI_TEST_EXAMPLES=10000 $(BIN)/python -m pytest tests/orders/test_changes_stateful.py $(PYTEST)

check: $(VENV)/.dev ## Lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: setup ## Play the sample shop's suites and print the figures
	@$(BIN)/zhanggui eval eval/sample.zh.held-out.jsonl eval/sample.en.held-out.jsonl eval/sample.smalltalk.jsonl

bench: setup ## Measure speed and memory again and write benchmarks/
	@$(BIN)/zhanggui bench

bench-retrieval: $(VENV)/.dev ## Measure retrieval on the corpus' test shops and public sets (ZHANGGUI_DATA), write benchmarks/retrieval.md
	$(BIN)/python -m bot.training retrieval --curve $(CURVE)

bench-tau2: setup ## Play the scripted customers of the public retail benchmark (needs ZHANGGUI_DATA); writes benchmarks/tau2.md
	@test -n "$$ZHANGGUI_DATA" || { echo "bench-tau2: ZHANGGUI_DATA is not set; name the folder that holds tau2-retail/" >&2; exit 2; }
	$(BIN)/python eval/tau2/bench.py --data "$$ZHANGGUI_DATA/tau2-retail" --out benchmarks/tau2.md

bench-intents: $(VENV)/.dev ## Measure the intent head on public sets (ZHANGGUI_DATA), fine-tuned too, write benchmarks/intents.md
	$(BIN)/python -m bot.training intents --fine-tune

train-encoder: $(VENV)/.dev ## Train the encoder's adapter on the corpus (under an hour on two cores; ZHANGGUI_DATA)
	$(BIN)/python -m bot.training encoder

train-curve: $(VENV)/.dev ## Train the adapters of the learning curve: 4, 8 and 12 shops (about 40 minutes)
	$(BIN)/python -m bot.training curve $(CURVE)

train-answerable: $(VENV)/.dev ## Train the model that tells whether the answer is here
	$(BIN)/python -m bot.training answerable

train-thresholds: $(VENV)/.dev ## Set the thresholds that ship (about ten minutes on two cores)
	$(BIN)/python -m bot.training thresholds

clean: ## Remove what tools left behind (models and databases live elsewhere)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The stamps name the requirements they were made from, so that a change of pins installs again.
$(VENV)/.runtime: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the pinned requirements into $(VENV)"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --no-deps --quiet -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements-dev.txt
	@touch $@
