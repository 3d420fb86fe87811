# The commands of the project: CONTRIBUTING.md says when to use which.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup demo dev-up dev-down test chaos examples bench lint fmt generate lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | column -t -s "$$(printf '\t')"

# The virtual environment: made from hash-checked pins, made again when a pin changes.
.venv/ready: requirements/bootstrap.txt requirements/dev.txt pyproject.toml simulator/pyproject.toml
	@echo "setup: making .venv from requirements/dev.txt (half a minute the first time)"
	@$(PYTHON) -c 'import sys; sys.exit("setup: Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv --clear .venv || { echo "setup: python3 -m venv failed; on Debian install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . -e simulator
	@touch $@

setup: .venv/ready ## make the virtual environment

demo: .venv/ready ## from nothing to an answer of a real model, then clean up
	@$(BIN)/python -m devworld demo

dev-up: .venv/ready ## start the world (control plane, simulator, operator) and write .dev/env
	@$(BIN)/python -m devworld up

dev-down: .venv/ready ## stop the world
	@$(BIN)/python -m devworld down

# The long files first, so that no worker is left alone with one at the end. The chaos comes after:
# it kills a dozen operators at once and wants the machine to itself.
TESTS := tests/integration tests/clients tests/packing tests/devworld tests/cli tests/simulator tests/aws tests/bench tests/unit

test: .venv/ready ## every test (half an hour on two cores)
	@$(BIN)/python -m devworld build
	@$(BIN)/python -m sagemaker_simulator.servers.triton --install
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(wildcard $(TESTS)) $(PYTEST_ARGS)
	@$(BIN)/python -m pytest tests/chaos $(PYTEST_ARGS)

chaos: .venv/ready ## kills at every write, watches cut, replicas killed, AWS at its worst
	@$(BIN)/python -m devworld build
	@$(BIN)/python -m pytest tests/chaos $(PYTEST_ARGS)

examples: .venv/ready ## every folder of examples/, applied and asked
	@$(BIN)/python -m devworld build
	@$(BIN)/python -m sagemaker_simulator.servers.triton --install
	@$(BIN)/python -m pytest tests/integration/test_examples.py $(PYTEST_ARGS)

bench: .venv/ready ## the figures: 1, 100 and 1,000 endpoints (a quarter of an hour)
	@$(BIN)/python -m devworld build
	@$(BIN)/python -m tests.bench $(BENCH_SIZES)

lint: .venv/ready ## formatting, types, import contracts, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory generate
	@git diff --exit-code --stat -- crds docs config || { echo "lint: generated files differ; commit what make generate wrote"; exit 1; }

fmt: .venv/ready ## format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

generate: .venv/ready ## write the generated files
	@for kind in inferenceendpoints inferencemodels; do $(BIN)/python -m endpoint_operator crd $$kind > crds/$$kind.yaml || exit 1; done
	@$(BIN)/python -m tests.unit.what_an_edit_does > docs/what-an-edit-does.md

lock: .venv/ready ## resolve the pins again
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements/bootstrap.in -o requirements/bootstrap.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml -o requirements/operator.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml simulator/pyproject.toml --group dev -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --no-deps --python-version 3.11 --generate-hashes --no-emit-index-url requirements/triton.in -o requirements/triton.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url -c requirements/operator.txt containers/packer/requirements.in -o containers/packer/requirements.txt
	@for client in aws-cli sagemaker-2 sagemaker-3; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements/clients/$$client.in -o requirements/clients/$$client.txt || exit 1; \
	done

clean: ## remove what the targets made in this folder
	@rm -rf .venv .dev .mypy_cache .pytest_cache .ruff_cache
