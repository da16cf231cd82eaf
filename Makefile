PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

# The book's networks are small: one thread is as fast as two, and gives the same
# numbers however many cores there are and whatever else they do.
export OMP_NUM_THREADS := 1

.PHONY: book test serve bench course notebooks clean

book: $(INSTALLED)            ## execute the chapters and build the HTML
	$(BIN)/python -m tools.build_book

test: book                    ## run every test, the notebooks and the browser included
	$(BIN)/python -m tools.install_browser
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=1800 tests book

serve: book                   ## read the book on http://localhost:8000
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

bench: $(INSTALLED)           ## time the losses and the training side by side
	$(BIN)/python -m benchmarks

course: $(INSTALLED)          ## quizzes for Moodle, Canvas and paper, and the student edition
	$(BIN)/python -m tools.course

notebooks: $(INSTALLED)       ## run the chapters, store the outputs that tests compare
	$(BIN)/python -m tools.notebooks --refresh

clean:                        ## remove what was built; .venv stays
	rm -rf _build

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@
