# `make` alone lists what there is. Each target creates what it needs.
PORT ?= 8501
PYTHON ?=
# More arguments for pytest or for the benchmarks, as in: make test ARGS="-k stream -x"
ARGS =

VENV := .venv
PY := $(VENV)/bin/python
# --no-compile: modules are compiled when first imported, which saves a third of the first installation.
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-compile
# A stamp is newer than the requirements files that are installed.
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check lint types guards faults bench screenshots format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUN_STAMP) ## create .venv with what the app needs
	@echo "Ready. Start the app with: make run"

run: $(RUN_STAMP) ## start the app; another port with: make run PORT=8600
	@$(PY) scripts/check_port.py "$(PORT)"
	@exec $(PY) -m streamlit run app.py --server.port "$(PORT)"

# The guards are part of the whole suite, so `test` does not run them a second time by way of `check`.
# Two processes: most of a browser test is waiting for Chromium. tests/conftest.py keeps all browser tests in one.
test: lint types ## check and run every test; pytest arguments with: make test ARGS="-k stream"
	@chromium=$$($(PY) scripts/chromium.py) && \
		CHROMIUM="$$chromium" $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types guards ## ruff, mypy and the guards, without the tests

lint: $(DEV_STAMP)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(DEV_STAMP)
	@$(PY) -m mypy

guards: $(DEV_STAMP)
	@$(PY) -m pytest -q tests/guards

faults: $(DEV_STAMP) ## show how every fault ends: class, attempts, breaker, text, hint
	@$(PY) -m tests.faults

bench: $(DEV_STAMP) ## measure, side by side with what one would take instead
	@$(PY) -m bench $(ARGS)

screenshots: $(DEV_STAMP) ## take the pictures of the documentation anew
	@chromium=$$($(PY) scripts/chromium.py) && CHROMIUM="$$chromium" $(PY) -m scripts.screenshots

format: $(DEV_STAMP) ## let ruff fix and format the code
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

clean: ## remove .venv and caches; your data stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A file that is a dangling link counts as missing: when the system's Python has gone, .venv is made anew.
$(PY):
	@python=$$(PYTHON="$(PYTHON)" sh scripts/find-python.sh) && \
		echo "Creating $(VENV) with $$python" && \
		{ "$$python" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }; }

$(RUN_STAMP): requirements.txt $(PY)
	@echo "Installing requirements.txt (about a minute the first time)"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt requirements.txt $(PY)
	@echo "Installing requirements-dev.txt (about a minute the first time)"
	@$(PIP) -r requirements-dev.txt
	@touch $(RUN_STAMP) $@
