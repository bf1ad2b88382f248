# make demo      installs what is missing, builds, and shows the main job on a Redis of its own
# make test      installs what is missing, builds, and runs every test
# make faults    tries every fault of Tests/Faults at length, and writes a table of them; make test tries some
# make sanitize  runs the tests of the library, its client and its readers under AddressSanitizer and ThreadSanitizer
# make build     builds the headcount command for production
# make install   installs it and its shell completions under PREFIX, /usr/local by default; builds it if need be
# make format    formats the sources
# make lint      checks their format
# make licences  writes docs/licences.md anew
# make clean     removes what was built

PREFIX ?= /usr/local
DESTDIR ?=
sources = Package.swift Sources Tests lua
release = .build/release/headcount
share = $(DESTDIR)$(PREFIX)/share

# What the tests of the service need from PyPI.
venv = .build/service-tests

# One process for each core; each file's tests in one, since they share a Redis.
side_by_side = --numprocesses auto --dist loadfile --no-loadscope-reorder

.PHONY: help demo test faults sanitize build install format lint licences clean packages

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

packages:
	@scripts/install-packages.sh libhiredis-dev redis-server redis-tools

# Warnings in this package's own targets are errors here, and the same in both, so that nothing is built twice.
demo test faults sanitize: export HEADCOUNT_STRICT = 1

demo: packages
	swift build --product headcount
	@"$$(swift build --show-bin-path)/headcount" demo

test: packages lint
	@scripts/install-packages.sh gcc chromium fonts-liberation openssl python3-venv
	swift build --build-tests
	swift test --skip-build --no-parallel
	@$(MAKE) --no-print-directory $(venv)/installed
	@scripts/fetch-promtool.sh .build/promtool
	PROMTOOL=.build/promtool/promtool HEADCOUNT_BINARY="$$(swift build --show-bin-path)/headcount" \
	    $(venv)/bin/python -m pytest -p no:cacheprovider --durations=10 $(side_by_side) Tests/Service
	HEADCOUNT_BINARY="$$(swift build --show-bin-path)/headcount" \
	    $(venv)/bin/python -m pytest -p no:cacheprovider Tests/Faults

faults: packages
	swift build --product headcount
	@$(MAKE) --no-print-directory $(venv)/installed
	HEADCOUNT_BINARY="$$(swift build --show-bin-path)/headcount" HEADCOUNT_FAULTS=full \
	    HEADCOUNT_FAULTS_REPORT=.build/faults.md $(venv)/bin/python -m pytest -p no:cacheprovider Tests/Faults
	@echo "the table is in .build/faults.md"

# Swift's own back-tracer can't look at a process that a sanitizer has stopped, and waits for it for ever. Leaks are not
# looked for: that needs ptrace, which containers may forbid.
sanitize: export SWIFT_BACKTRACE = enable=no
sanitize: export ASAN_OPTIONS = detect_leaks=0
sanitize: export TSAN_OPTIONS = halt_on_error=1
sanitized = --skip-build --no-parallel --filter 'RedisClientTests|HeadcountTests|HeadcountHTTPTests|FuzzTests'
# ThreadSanitizer has to see all code, also that of dependencies.
thread = --scratch-path .build-thread --sanitize thread

sanitize: packages
	HEADCOUNT_SANITIZE=address swift build --build-tests
	HEADCOUNT_SANITIZE=address swift test $(sanitized)
	HEADCOUNT_SANITIZE=thread swift build $(thread) --build-tests
	HEADCOUNT_SANITIZE=thread swift test $(thread) $(sanitized)

$(venv)/installed: Tests/Service/requirements.txt
	python3 -m venv $(venv)
	$(venv)/bin/pip install --quiet --disable-pip-version-check --requirement Tests/Service/requirements.txt
	@touch $@

build: packages
	swift build --configuration release --product headcount $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)
	scripts/list-licences.sh --texts >$(dir $(release))THIRD-PARTY.txt
	@echo "built $(release)"

# Without `build` as a prerequisite: root, who may install, often has no swift.
install: $(if $(wildcard $(release)),,build)
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(share)/bash-completion/completions' '$(share)/zsh/site-functions' \
	    '$(share)/fish/vendor_completions.d' '$(share)/doc/headcount'
	install -m 755 $(release) '$(DESTDIR)$(PREFIX)/bin/headcount'
	install -m 644 LICENSE $(dir $(release))THIRD-PARTY.txt '$(share)/doc/headcount/'
	$(release) --generate-completion-script bash >'$(share)/bash-completion/completions/headcount'
	$(release) --generate-completion-script zsh >'$(share)/zsh/site-functions/_headcount'
	$(release) --generate-completion-script fish >'$(share)/fish/vendor_completions.d/headcount.fish'

format:
	swift format --in-place --recursive $(sources)

lint:
	swift format lint --strict --recursive $(sources)

licences:
	swift build --product headcount
	scripts/list-licences.sh >docs/licences.md

clean:
	swift package clean
