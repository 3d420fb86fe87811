# The commands of the project: CONTRIBUTING.md says when to use which.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup demo dev-up dev-down chart test test-kind chaos examples bench images audit lint fmt generate lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | column -t -s "$$(printf '\t')"

# The virtual environment: made from hash-checked pins, made again when a pin changes.
.venv/ready: requirements/bootstrap.txt requirements/dev.txt requirements/validators.txt pyproject.toml simulator/pyproject.toml
	@echo "setup: making .venv from requirements/dev.txt (half a minute the first time)"
	@$(PYTHON) -c 'import sys; sys.exit("setup: Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv --clear .venv || { echo "setup: python3 -m venv failed; on Debian install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --target .venv/validators --require-hashes -r requirements/validators.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . -e simulator
	@touch $@

setup: .venv/ready ## make the virtual environment

demo: .venv/ready ## from nothing to an answer of a real model, then clean up
	@$(BIN)/python -m devworld demo

dev-up: .venv/ready ## start the world (cluster, simulator, operator) and write .dev/env
	@$(BIN)/python -m devworld up

dev-down: .venv/ready ## stop the world
	@$(BIN)/python -m devworld down

chart: .venv/ready ## images of this checkout into the cluster of make dev-up, and how to install the chart
	@$(BIN)/python -m devworld chart

# The long files first, so that no worker is left alone with one at the end. What comes after waits more than it works:
# chaos, pods, images.
TESTS := tests/integration tests/clients tests/helm tests/gitops tests/packing tests/devworld tests/cli tests/simulator tests/aws tests/rights tests/bench tests/unit
PATIENT_TESTS := tests/chaos/kill tests/endtoend tests/images tests/node $(sort $(wildcard tests/chaos/test_*.py))
POOL := -n 3 --no-loadscope-reorder
# What the operator asked of AWS and of the API server in all of them: the last line holds it against what it may ask.
RIGHTS := $(CURDIR)/.dev/rights

test: .venv/ready ## every test (55 minutes on two cores)
	@$(BIN)/python -m devworld build
	@$(BIN)/python -m sagemaker_simulator.servers.triton --install
	@rm -rf $(RIGHTS)
	@RECORD_RIGHTS=$(RIGHTS) $(BIN)/python -m pytest $(POOL) $(TESTS) $(PYTEST_ARGS)
	@RECORD_RIGHTS=$(RIGHTS) $(BIN)/python -m pytest $(POOL) $(PATIENT_TESTS) $(PYTEST_ARGS)
	@$(BIN)/python -m tests.rights $(RIGHTS)

test-kind: .venv/ready ## the chart on a kind cluster; needs Docker, kind and kubectl
	@END_TO_END_ON=kind $(BIN)/python -m pytest tests/endtoend $(PYTEST_ARGS)

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

images: .venv/ready ## build the container images and say their sizes
	@$(BIN)/python -m devworld.images

audit: .venv/ready ## known vulnerabilities of what the operator is installed with
	@test -x .dev/audit/bin/pip-audit || { $(BIN)/uv venv --quiet .dev/audit && $(BIN)/uv pip install --quiet --python .dev/audit/bin/python --require-hashes -r requirements/audit.txt; }
	@.dev/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/operator.txt || { echo "audit: see above; where it is the connection that failed, the database of vulnerabilities (OSV) cannot be reached from here"; exit 1; }

lint: .venv/ready ## formatting, types, import contracts, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory generate
	@git diff --exit-code --stat -- crds docs config charts || { echo "lint: generated files differ; commit what make generate wrote"; exit 1; }

fmt: .venv/ready ## format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

generate: .venv/ready ## write the generated files
	@for kind in inferenceendpoints inferencemodels; do $(BIN)/python -m endpoint_operator crd $$kind > crds/$$kind.yaml || exit 1; done
	@$(BIN)/python -m tests.unit.what_an_edit_does > docs/what-an-edit-does.md
	@$(BIN)/python -m hack.chart
	@$(BIN)/python -m hack.argocd
	@$(BIN)/python -m tests.rights.combined_policy > config/iam/.operator-policy.new && mv config/iam/.operator-policy.new config/iam/operator-policy.json

# What moto's extras name and no service that the simulator has needs: half of the image.
NOT_IN_SIMULATOR := $(addprefix --no-emit-package ,cfn-lint sympy mpmath networkx aws-sam-translator antlr4-python3-runtime graphql-core aws-xray-sdk pydot)

lock: .venv/ready ## resolve the pins again
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements/bootstrap.in -o requirements/bootstrap.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml -o requirements/operator.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml simulator/pyproject.toml --group dev -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --no-deps --python-version 3.11 --generate-hashes --no-emit-index-url requirements/triton.in -o requirements/triton.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url -c requirements/operator.txt containers/packer/requirements.in -o containers/packer/requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url containers/envoy/requirements.in -o containers/envoy/requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url $(NOT_IN_SIMULATOR) -c requirements/dev.txt simulator/pyproject.toml containers/simulator/requirements.in -o containers/simulator/requirements.txt
	@for tools in audit validators; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements/$$tools.in -o requirements/$$tools.txt || exit 1; done
	@for major in 3 4; do $(BIN)/uv pip compile --quiet --no-deps --python-version 3.11 --generate-hashes --no-emit-index-url tests/helm/pins/helm-$$major.in -o tests/helm/pins/helm-$$major.txt || exit 1; done
	@for client in aws-cli sagemaker-2 sagemaker-3; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements/clients/$$client.in -o requirements/clients/$$client.txt || exit 1; \
	done

clean: ## remove what the targets made in this folder
	@rm -rf .venv .dev .mypy_cache .pytest_cache .ruff_cache
