PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
GRADER := .venv/grader
LOWEST := .venv-lowest
CORE := tests/ground tests/losses tests/theory tests/noise tests/data tests/test_models.py
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=1800

# The book's networks are small: one thread is as fast as two, and gives the same
# numbers however many cores there are and whatever else they do.
export OMP_NUM_THREADS := 1

.PHONY: book test check types lowest mutants lab plain serve bench course slides editions colab links notebooks clean

book: $(INSTALLED)            ## execute the chapters and build the HTML
	$(BIN)/python -m tools.build_book

test: book types $(GRADER)    ## run every test, the notebooks and the browser included
	$(BIN)/python -m tools.install_browser
	$(BIN)/python -m pytest -n 2 --dist loadfile $(NBVAL) tests book

check: $(INSTALLED) types     ## the inner loop: style, types and the core's tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m pytest -q -n 2 --dist loadfile $(CORE)

types: $(INSTALLED)           ## check the types of the library
	$(BIN)/mypy

lowest:                       ## the core's tests with the lowest versions we promise
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install -q -r requirements-lowest.txt
	$(LOWEST)/bin/python -m pytest -q $(CORE) tests/plots

mutants: $(INSTALLED)         ## change the core at random: do its tests notice?
	$(BIN)/python -m pip install -q -r requirements-mutants.txt
	$(BIN)/python -m tools.mutants

lab: plain                    ## open the chapters in JupyterLab
	$(BIN)/jupyter-lab _build/notebooks/book

plain: $(INSTALLED)           ## the chapters as notebooks that render everywhere
	$(BIN)/python -m tools.plain

colab: plain                  ## run the chapters with the versions that Colab has
	$(BIN)/python -m tools.colab

serve: book                   ## read the book on http://localhost:8000
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

bench: $(INSTALLED)           ## time the losses and the training side by side
	$(BIN)/python -m benchmarks

course: $(GRADER)             ## quizzes, assignments, an exam, and the student edition
	$(BIN)/python -m tools.course

slides: book $(GRADER)        ## a deck a chapter, to show and as PDF
	$(BIN)/python -m tools.install_browser
	$(BIN)/python -m tools.slides

editions: book               ## the book as a PDF, and as a site for a USB stick
	$(BIN)/python -m tools.install_browser
	$(BIN)/python -m tools.editions

links: book                   ## ask every address that the book names whether it answers
	$(BIN)/jupyter-book build . --builder linkcheck

notebooks: $(INSTALLED)       ## run the chapters, store the outputs that tests compare
	$(BIN)/python -m tools.notebooks --refresh

clean:                        ## remove what was built; .venv stays
	rm -rf _build

$(GRADER): requirements-course.txt $(INSTALLED)
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements-course.txt
	@touch $@

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@
