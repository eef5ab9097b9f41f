# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

# A stamp names the lock's checksum and this folder: a changed lock or a moved folder sets up again.
stamp = $(VENV)/ready-$(1)-$(shell { pwd; cat $(1).lock pyproject.toml; } | cksum | cut -d' ' -f1)
READY := $(call stamp,requirements)
READY_DEV := $(call stamp,requirements-dev)
READY_BENCH := $(call stamp,requirements-bench)

SITE := var/site

LOCKING := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

.PHONY: demo test lint fuzz bench serve docs openapi system browser lock

demo: system $(READY)
	$(RUN) -m cli demo

serve: system $(READY)
	$(RUN) -m cli serve

test: system $(READY_DEV) browser lint
	$(RUN) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --cov --cov-report=
	@echo "Line coverage: $$($(RUN) -m coverage report --format=total) %"

lint: $(READY_DEV)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

# Ten thousand seeded mutations of EDIFACT and JSON messages; the tests run a few hundred.
fuzz: $(READY_DEV)
	$(RUN) -m tests.fuzz.run 10000 2026

# Each keeps its figures in var/benchmarks; the last line writes docs/benchmarks.md from them. The port's trials are
# kept one by one, so a run that was broken off goes on where it stopped.
bench: $(READY_DEV) $(READY_BENCH)
	$(RUN) -m benchmarks.port
	$(RUN) -m benchmarks.drift
	$(RUN) -m benchmarks.labels
	$(RUN) -m benchmarks.chicago
	$(RUN) -m benchmarks.card_fraud
	$(RUN) -m benchmarks.korea
	$(RUN) -m benchmarks.parity
	$(RUN) -m benchmarks.latency --growth 60000,200000,1000000
	$(RUN) -m benchmarks.http
	$(RUN) -m benchmarks.startup
	$(RUN) -m benchmarks.training_stages
	$(RUN) -m benchmarks.history_kernel
	$(RUN) -m benchmarks.policy
	$(RUN) -m benchmarks.ingest
	$(RUN) -m benchmarks.parties
	$(RUN) -m benchmarks.checks
	$(RUN) -m benchmarks.verification
	$(RUN) -m benchmarks.names
	$(RUN) -m benchmarks.undeclared
	$(RUN) -m benchmarks.report

# The description of the HTTP interface as it is published; a test shows when the code describes another one.
openapi: $(READY_DEV)
	$(RUN) -m serving.published > docs/openapi.json

# Pages that are generated from the code, of which tests fail when they are stale; then all pages as a site, offline.
docs: openapi
	$(RUN) -m data.dictionary > docs/data-dictionary.md
	$(RUN) -m data.settings > docs/settings.md
	$(RUN) -m features.checks.documentation > docs/checks.md
	$(RUN) -m mkdocs build --strict --quiet --site-dir $(SITE)
	@echo "The site: $(SITE)/index.html"

# LightGBM needs the OpenMP runtime, which slim images lack.
system:
	@[ "$$(uname -s)" != Linux ] || $(PYTHON) -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null \
	  || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq libgomp1; } \
	  || { echo "LightGBM needs libgomp.so.1: install libgomp1 (Debian) or libgomp (others)."; exit 1; }

# The page is tested in a real Chromium: Debian's, when there is none yet and we may install it.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
	  || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] \
	       && apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } \
	  || echo "No Chromium found and none installed: the tests of the pages in a browser will be skipped."

# $(1): the lock file without its ending.
define set_up
	$(PYTHON) -m venv $(VENV)
	rm -f $(VENV)/ready-$(1)-[0-9]*
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1).lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
endef

$(READY):
	$(call set_up,requirements)

$(READY_DEV):
	$(call set_up,requirements-dev)

$(READY_BENCH): $(READY_DEV)
	$(call set_up,requirements-bench)

# After a change of the dependencies in pyproject.toml; needs `pip install uv`. The serving lock is the image's
# (bentofile.yaml); the other locks hold what it holds, in the same versions, and more.
lock:
	uv pip compile $(LOCKING) --extra install --extra training --extra cli pyproject.toml -o requirements.lock
	uv pip compile $(LOCKING) -c requirements.lock pyproject.toml -o requirements-serving.lock
	uv pip compile $(LOCKING) --extra install --extra training --extra cli --extra dev -c requirements.lock pyproject.toml \
	  -o requirements-dev.lock
	uv pip compile $(LOCKING) --extra install --extra training --extra cli --extra bench -c requirements-dev.lock \
	  pyproject.toml -o requirements-bench.lock
