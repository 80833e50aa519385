# Tern's commands. `make test` and `make demo` install what they need by themselves.

PYTHON := .build/venv/bin/python
SECONDS ?= 60
PREFIX ?= /usr/local

.PHONY: all setup lib demo test bench header fuzz install uninstall clean

all: lib

# System packages and the virtual environment; quick when everything is there.
setup:
	@bash Tests/Setup/install

# The two shared objects and the command, optimised.
lib: setup
	@for product in tern ternodbc tern-cli; do \
	  swift build -q -c release --product $$product || exit 1; done

# A C program, a Python script and the command line against the stand-in servers.
demo: lib
	@$(PYTHON) Tests/Demo/demo.py

# Every test, the Swift ones under both sanitizers; ends with "N passed, N failed".
# ONLY="style clients" runs some steps, ONLY=swift the Swift tests without a sanitizer.
test: setup
	@$(PYTHON) Tests/run.py $(ONLY)

# Tern beside its peers; a table, and .build/bench.json. CASE=name runs one case.
bench: lib
	@bash Tests/Setup/install bench
	@$(PYTHON) Tests/Bench/run.py $(CASE)

# Each fuzzer for SECONDS seconds.
fuzz: setup
	@$(PYTHON) Tests/Fuzz/run.py --seconds $(SECONDS)

# Include/tern.h from the exported functions and their comments.
header:
	@python3 Tests/Generators/header.py

# Objects, header, pkg-config file and command under PREFIX (/usr/local), below DESTDIR.
install:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" bash Tests/Setup/install-files install

uninstall:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" bash Tests/Setup/install-files uninstall

clean:
	rm -rf .build
