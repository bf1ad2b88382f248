# make demo   installs what is missing, builds, and shows the main job on a Redis of its own
# make test   installs what is missing, builds, and runs every test

PREFIX ?= /usr/local
DESTDIR ?=
# Warnings in this package's own targets are errors. The same for all builds, so that none is done twice.
export HEADCOUNT_STRICT = 1
sources = Package.swift Sources Tests lua

.PHONY: help demo test build install format lint clean packages

help:
	@grep -h '^# make' Makefile | cut -c3-
	@echo 'make build  builds the headcount command for production'
	@echo 'make install, format, lint, clean'

packages:
	@scripts/install-packages.sh libhiredis-dev redis-server redis-tools

demo: packages
	swift build --product headcount
	@"$$(swift build --show-bin-path)/headcount" demo

test: packages lint
	@scripts/install-packages.sh gcc
	swift build --build-tests
	swift test --skip-build --no-parallel

build: packages
	swift build --configuration release --product headcount --static-swift-stdlib
	@echo "built $$(swift build --configuration release --show-bin-path)/headcount"

install: build
	bin="$$(swift build --configuration release --show-bin-path)/headcount" && \
	install -D -m 755 "$$bin" '$(DESTDIR)$(PREFIX)/bin/headcount' && \
	install -d '$(DESTDIR)$(PREFIX)/share/bash-completion/completions' \
	    '$(DESTDIR)$(PREFIX)/share/zsh/site-functions' '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d' && \
	"$$bin" --generate-completion-script bash >'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/headcount' && \
	"$$bin" --generate-completion-script zsh >'$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_headcount' && \
	"$$bin" --generate-completion-script fish >'$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/headcount.fish'

format:
	swift format --in-place --recursive $(sources)

lint:
	swift format lint --strict --recursive $(sources)

clean:
	swift package clean
