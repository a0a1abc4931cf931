# make run    builds, starts the server on its embedded default with a first dataset, says what to try
# make test   everything that must hold before a change is kept
# make bench  the engine's figures beside their targets
# make console builds the web console alone; make screens pictures each page of it
# make schema writes schema.graphql anew from the code

SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)
# Other people's GraphQL clients and linters, by npm.
CLIENTS := tests/clients
INSTALLED := $(CLIENTS)/node_modules/.installed
# Building without the web console is an error where all is tried.
WITH_CONSOLE := --features console

.PHONY: run test console console-test screens contract bench schema tools node

run: console
	cargo build --release --bin snapledger
	@SNAPLEDGER=$(TARGET)/release/snapledger exec scripts/run.sh

test: tools console
	cargo fmt --check
	cargo clippy $(WITH_CONSOLE) --all-targets -- -D warnings
	@if cargo nextest --version >/dev/null 2>&1; then \
		set -x; cargo nextest run $(WITH_CONSOLE); \
	else \
		set -x; cargo test $(WITH_CONSOLE) --lib --bins --tests; \
	fi
	cargo test $(WITH_CONSOLE) --doc
	cargo run $(WITH_CONSOLE) --quiet -- schema | diff schema.graphql - \
		|| { echo 'schema.graphql is not what the code says: make schema'; exit 1; }
	$(MAKE) contract
	$(MAKE) console-test

# Built when Node is there; without it the program has a plain page in its place.
console:
	scripts/console.sh build

# Each page, and what people do all day, in a real browser against the real server.
console-test: console
	cargo build $(WITH_CONSOLE) --bin snapledger
	SNAPLEDGER=$(abspath $(TARGET))/debug/snapledger scripts/console.sh test

screens: console
	cargo build $(WITH_CONSOLE) --bin snapledger
	SNAPLEDGER=$(abspath $(TARGET))/debug/snapledger SCREENS=$(CURDIR)/docs/screens scripts/console.sh screens

# What schema.graphql promises: linted, and compared with that of the last release.
contract: $(INSTALLED)
	$(CLIENTS)/node_modules/.bin/eslint -c $(CLIENTS)/eslint.config.mjs schema.graphql
	node --test --test-reporter=dot $(CLIENTS)/breaking.test.mjs
	node $(CLIENTS)/breaking.mjs

bench:
	cargo bench

schema:
	cargo run --quiet -- schema > schema.graphql.new
	mv schema.graphql.new schema.graphql

# Rust itself, Node with npm and Python must be there; what else is missing is added.
tools: $(INSTALLED)
	@cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
	@scripts/clients.sh
	@scripts/postgres.sh >/dev/null

$(INSTALLED): $(CLIENTS)/package.json $(CLIENTS)/package-lock.json | node
	cd $(CLIENTS) && npm ci
	touch $@

node:
	@scripts/node.sh
