# The short face of the build; CMakePresets.json is the long one.
# Each target does one thing, and installs what it needs on Debian when it is missing.

.DEFAULT_GOAL := help
SHELL := /bin/bash
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n > 2 ? n : 2)))

# $(call suite,<file>,<what it will be>): runs the file if it exists, else says so.
suite = if [ -x $(1) ]; then $(1) $(ARGS); else echo "$@: $(1) does not exist yet: there is no $(2) to run"; fi

.PHONY: help setup build check test demo size bench interop interop-linux fuzz attacks mutate docs install-check wheel-check format install clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Install what check, bench and interop need (Debian; says what and why)
	@scripts/setup build check bench interop

build: ## Build everything with sanitizers (build/dev)
	@scripts/setup build check
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j $(JOBS)

check: ## All tests and checks, under two minutes
	@scripts/setup build check
	@python3 scripts/check.py

test: build ## Only the tests (ARGS='-L att' for one folder)
	@ctest --preset dev -j $(JOBS) $(ARGS)

demo: ## A battery on the simulated air: advertised, found, read, notified
	@if ! ls tools/glint/*.c tools/air/*.c >/dev/null 2>&1; then \
		echo "demo: tools/glint and tools/air do not exist yet: there is no demonstration to run"; exit 0; fi; \
	scripts/setup build && \
	cmake --preset release -DGLINT_BENCH=OFF >/dev/null && \
	cmake --build --preset release -j $(JOBS) --target glint_tool glint-air example_battery && \
	build/release/bin/glint demo $(ARGS)

size: ## Flash and RAM on Cortex-M0+ and M4 beside tests/budget (ARGS=--functions)
	@scripts/setup build check
	@python3 scripts/size.py $(ARGS)

bench: ## Instructions per operation and the rest of docs/PERFORMANCE.md
	@scripts/setup build check bench
	@$(call suite,bench/run,benchmark)

interop: ## Other Bluetooth hosts against ours
	@scripts/setup build interop
	@$(call suite,tests/interop/run,foreign host)

interop-linux: ## A Linux with BlueZ, in QEMU, against ours: a table (ARGS: parts of names)
	@scripts/setup build interop vm
	@$(call suite,tests/interop/linux/run,Linux)

fuzz: ## The fuzzers, for a while (ARGS: seconds each)
	@scripts/setup build check
	@$(call suite,tests/fuzz/run,fuzzer)

attacks: ## Published attacks, replayed
	@scripts/setup build check
	@$(call suite,tests/attacks/run,attack)

mutate: ## Takes checks away one by one, to see that the attacks' tests notice (ARGS: ids)
	@scripts/setup build check
	@python3 scripts/mutate $(ARGS)

docs: ## API reference from the headers: build/docs/index.html
	@scripts/setup docs
	@python3 scripts/docs.py

install-check: ## Install into a scratch place, and build a program there by CMake and pkg-config
	@scripts/setup build
	@scripts/check_install.sh

wheel-check: ## Build the Python wheel in a scratch place and use it there (needs a package registry)
	@scripts/setup build check
	@scripts/check_wheel.sh

format: ## clang-format over the lines of C that are not committed yet
	@scripts/setup format
	@git clang-format --force --extensions c,h HEAD

install: ## Install programs, libraries and headers (PREFIX=/usr/local, DESTDIR)
	@scripts/setup build
	@cmake --preset release -DCMAKE_INSTALL_PREFIX=$(or $(PREFIX),/usr/local) >/dev/null
	@cmake --build --preset release -j $(JOBS)
	@cmake --install build/release

clean: ## Remove build/
	@rm -rf build
