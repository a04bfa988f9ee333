# Every target sets up what it needs by itself; `make setup` alone only sets up.
BIN := .venv/bin
# Where there is no display, a virtual one.
ifeq ($(DISPLAY)$(WAYLAND_DISPLAY),)
ifeq ($(shell uname -s),Linux)
SCREEN := xvfb-run -a -s "-screen 0 1600x1000x24"
endif
endif

.DEFAULT_GOAL := setup
.PHONY: setup demo test check kill shots bench bench-engine bench-learning bench-al standards clean

setup:
	@scripts/bootstrap.sh

demo: setup
	$(SCREEN) $(BIN)/napari-medal demo

# pytest-xvfb brings its own display.
test: setup
	$(BIN)/python -m pytest $(ARGS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/npe2 validate napari.yaml
	$(BIN)/npe2 validate --imports napari-medal

# Readers killed at random moments: what they drew must be there. The tests kill fifty.
kill: setup
	$(BIN)/python -m tests.kill.campaign --kills 1000 $(ARGS)

# The pictures of the documentation.
shots: setup
	$(SCREEN) $(BIN)/python docs/shots.py

# The engine beside its peers, which are installed into .peers; a quiet machine and some minutes.
bench-engine: setup
	$(BIN)/python benchmarks/engine.py $(ARGS)

# What the choices of how a task learns are worth, on real volumes; half an hour.
bench-learning: setup
	$(BIN)/python benchmarks/learning.py $(ARGS)

# What choosing the next case is worth, on real volumes, against random draws; hours for all of it, 20 minutes for
# `make bench-al ARGS="--sets hippocampus --arms random default"`. What is done is kept, and not done again.
bench-al: setup
	$(BIN)/python -m benchmarks.active_learning $(ARGS)

# Exported datasets before other programs' own checks, which are installed into .peers; npm and some minutes.
standards: setup
	$(BIN)/python benchmarks/standards.py $(ARGS)

bench: setup
	$(BIN)/python benchmarks/files.py
	$(BIN)/python benchmarks/dicom_in.py
	$(BIN)/python benchmarks/tools.py
	$(BIN)/python benchmarks/journal.py
	$(BIN)/python benchmarks/exporting.py
	$(SCREEN) $(BIN)/python benchmarks/reading_room.py

clean:
	rm -rf .venv .peers .judge build dist demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
