# The two commands of the README are `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A process that may not keep its compiled modules compiles them again, a second each time, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.PHONY: demo demo-more demo-stop run test check format words seed lock bench clean

demo: $(VENV)/.run
	@$(BIN)/radar demo start

demo-more: $(VENV)/.run
	@$(BIN)/radar demo more

demo-stop: $(VENV)/.run
	@$(BIN)/radar demo stop

run: $(VENV)/.run
	@$(BIN)/radar run

test: $(VENV)/.test
	@scripts/with-postgresql $(MAKE) --no-print-directory check

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

words: $(VENV)/.test
	$(BIN)/pybabel --quiet compile --domain messages --directory monitor/locale --locale nl

seed: $(VENV)/.run
	$(BIN)/python -m monitor.seed

bench: $(VENV)/.test
	$(BIN)/python tests/bench.py
	scripts/smtp-sink fetch
	$(BIN)/python tests/bench_mail.py
	$(BIN)/python tests/bench_ingest.py
	$(BIN)/python tests/bench_judge.py
	scripts/with-postgresql $(BIN)/python tests/bench_outbox.py
	scripts/with-postgresql $(BIN)/python tests/bench_desk.py

lock:
	uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml --group build --group test -o requirements-test.lock

clean:
	rm -rf $(VENV) var

$(VENV)/bin/python:
	@PYTHON=$(PYTHON) scripts/system-packages run
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Even geduld: de onderdelen worden klaargezet. Dat duurt een minuut, en alleen de eerste keer."
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock pyproject.toml | $(VENV)/bin/python
	@PYTHON=$(PYTHON) scripts/system-packages test
	@echo "Even geduld: de onderdelen voor het testen worden klaargezet (alleen de eerste keer)."
	@$(INSTALL) --require-hashes --requirement requirements-test.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.run $@
