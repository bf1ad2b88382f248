# make demo      installs what is missing, builds, and shows the main job on a Redis of its own
# make test      installs what is missing, builds, and runs every test
# make build     builds the headcount command for production
# make install   installs it and its shell completions under PREFIX, /usr/local by default; builds it if need be
# make format    formats the sources
# make lint      checks their format
# make clean     removes what was built

PREFIX ?= /usr/local
DESTDIR ?=
sources = Package.swift Sources Tests lua
release = .build/release/headcount
share = $(DESTDIR)$(PREFIX)/share

.PHONY: help demo test build install format lint clean packages

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

packages:
	@scripts/install-packages.sh libhiredis-dev redis-server redis-tools

# Warnings in this package's own targets are errors here, and the same in both, so that nothing is built twice.
demo test: export HEADCOUNT_STRICT = 1

demo: packages
	swift build --product headcount
	@"$$(swift build --show-bin-path)/headcount" demo

test: packages lint
	@scripts/install-packages.sh gcc
	swift build --build-tests
	swift test --skip-build --no-parallel

build: packages
	swift build --configuration release --product headcount $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)
	@echo "built $(release)"

# Without `build` as a prerequisite: root, who may install, often has no swift.
install: $(if $(wildcard $(release)),,build)
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(share)/bash-completion/completions' '$(share)/zsh/site-functions' \
	    '$(share)/fish/vendor_completions.d'
	install -m 755 $(release) '$(DESTDIR)$(PREFIX)/bin/headcount'
	$(release) --generate-completion-script bash >'$(share)/bash-completion/completions/headcount'
	$(release) --generate-completion-script zsh >'$(share)/zsh/site-functions/_headcount'
	$(release) --generate-completion-script fish >'$(share)/fish/vendor_completions.d/headcount.fish'

format:
	swift format --in-place --recursive $(sources)

lint:
	swift format lint --strict --recursive $(sources)

clean:
	swift package clean
