# `make demo` runs the whole job once; `make test` checks the kit. Both set up what they need.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
PORT ?= 8000
SERVE ?= 1
DEMO := demo

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint clean
.DELETE_ON_ERROR:

# --- set-up ------------------------------------------------------------------------------------------------

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements-servers.txt requirements-audio.txt $(VENV)/.installed
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $@

# --- the whole job: corpus → baseline → zip → checked, scored, on the leaderboard ----------------------------

$(DEMO)/corpus: $(VENV)/.installed
	$(RUN) data_spec synthesize $@ --recordings 60

$(DEMO)/published: $(DEMO)/corpus
	$(RUN) data_spec publish $< $@

$(DEMO)/model.keras: $(DEMO)/published
	$(RUN) baseline train $</participants --out $@ --epochs 6

$(DEMO)/predictions.zip: $(DEMO)/model.keras
	$(RUN) baseline predict $< $(DEMO)/published/participants/test --out $@

URL := http://127.0.0.1:$(PORT)

demo: $(DEMO)/predictions.zip
	$(RUN) scorer check $< --templates $(DEMO)/published/participants/test
	rm -rf $(DEMO)/server
	$(RUN) scorer init $(DEMO)/server --corpus $(DEMO)/published
	@set -e; \
	$(RUN) scorer serve $(DEMO)/server --port $(PORT) --quiet & server=$$!; \
	trap 'kill $$server 2>/dev/null || true; wait $$server || true' EXIT; trap 'exit 0' INT TERM; \
	until $(RUN) scorer leaderboard --url $(URL) >/dev/null 2>&1; do \
		kill -0 $$server || { echo "the server did not start; is port $(PORT) taken? PORT=8001 make demo" >&2; exit 1; }; \
		sleep 0.5; \
	done; \
	export KIT_PASSWORD=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(16))'); \
	token=$$($(RUN) scorer register --url $(URL) --team "Naive baseline, trained here" --email demo@example.org); \
	KIT_TOKEN=$$token $(RUN) scorer submit $< --url $(URL); \
	$(RUN) scorer leaderboard --url $(URL); \
	if [ "$(SERVE)" != 0 ]; then echo "The leaderboard is at $(URL)/leaderboard until Ctrl-C."; wait $$server; fi

# --- checks ------------------------------------------------------------------------------------------------

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2 --dist loadscope

clean:
	rm -rf $(DEMO)
