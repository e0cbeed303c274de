# Every target sets up .venv by itself, once: python3.11, pip and the pinned versions.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready
ARGS ?=
# Of one thread each: more than cores would only wait for each other over such small models.
UNIT := OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/unit -n logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder

.PHONY: demo test unit soak check bench tour clean

demo: $(READY)
	@$(BIN)/python -m demo $(ARGS)

test: $(READY)
	$(UNIT) $(ARGS)
	$(BIN)/python -m pytest tests/contract tests/acceptance tests/cluster $(ARGS)

unit: $(READY)
	$(UNIT) -m "not slow and not postgres" $(ARGS)

# Notices and bars of the libraries would hide the figures; who sets these variables is heard.
bench soak: export DIFFUSERS_VERBOSITY ?= error
bench soak: export TRANSFORMERS_VERBOSITY ?= error
bench soak: export HF_HUB_DISABLE_PROGRESS_BARS ?= 1

soak: $(READY)
	$(BIN)/python -m pytest tests/soak -s $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

tour: $(READY)
	$(BIN)/python -m demo.tour docs

bench: $(READY)
	$(BIN)/python -m tests.bench $(ARGS)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Figment needs Python 3.11; say where it is with PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[test]'
	@touch $(READY)

clean:
	rm -rf .venv build
