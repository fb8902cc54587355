# Two commands do everything: `make run` and `make test`. Both make the environment first, in .venv/.
PYTHON ?= python3
PORT ?= 8501
# An archive of your own gets a library of its own: make run ARCHIVE=~/newsletter
LIBRARY ?= $(if $(ARCHIVE),library,sample-library)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run install test lint check browser-tests clean

run: install
ifdef ARCHIVE
	$(BIN)/explorer ingest "$(ARCHIVE)" --library "$(LIBRARY)"
else
	@test -f "$(LIBRARY)/library.json" || $(BIN)/explorer ingest examples/sample-archive --library "$(LIBRARY)" --encoder lite
endif
	$(BIN)/explorer app --library "$(LIBRARY)" --port $(PORT)

install: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Archive Explorer needs Python 3.11 or newer; $(PYTHON) is older. Say which: make PYTHON=python3.12 install"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	@touch $@

test: install
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: lint
	$(BIN)/mypy
	$(BIN)/lint-imports

browser-tests: install
	$(BIN)/python -m pytest -m browser

clean:
	rm -rf .venv build dist *.egg-info sample-library
