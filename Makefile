# Every target is a line or two that a person could type. On Windows or with conda: docs/install.md.
PYTHON ?= python3
VENV   ?= .venv
RUN     = $(VENV)/bin/python

.PHONY: demo test test-long lab notebooks check student-bundle bench clean

demo: $(VENV)/.installed  ## grade a sample class and look at the result
	$(RUN) -m grader demo

test: $(VENV)/.installed  ## what CI runs
	$(RUN) -m pytest --numprocesses 2 --dist loadfile --max-worker-restart 0

test-long: $(VENV)/.installed  ## fuzz, property and crash tests at full size: an hour or more
	$(RUN) -m pytest --long tests/runner/test_fuzz.py tests/runner/test_codec.py \
		tests/intake/test_random_damage.py tests/crashes tests/conformance tests/hostile/test_mutations.py

lab: $(VENV)/.installed  ## JupyterLab with formgrader
	$(VENV)/bin/jupyter lab

notebooks: $(VENV)/.installed  ## build solutions, student notebooks and answer tables
	$(RUN) -m grader build

check: $(VENV)/.installed  ## fail when something built is out of date, or the code is untidy
	$(RUN) -m grader build --check
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .

student-bundle: $(VENV)/.installed  ## a folder and a zip with only what students may see
	$(RUN) -m grader bundle

bench: $(VENV)/.installed  ## our grading beside stock nbgrader's, for docs/benchmarks.md: hours
	$(RUN) -m grader bench --page

clean:  ## remove what the targets above made, except submissions and grades
	rm -rf $(VENV) dist build *.egg-info

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed. Try: make PYTHON=python3.12')"
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --upgrade pip
	$(RUN) -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@
