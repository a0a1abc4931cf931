# make run    builds, starts the server on its embedded default with a first dataset, says what to try
# make test   everything that must hold before a change is kept
# make bench  the engine's figures beside their targets
# make schema writes schema.graphql anew from the code

SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: run test bench schema tools

run:
	cargo build --release --bin snapledger
	@SNAPLEDGER=$(TARGET)/release/snapledger exec scripts/run.sh

test: tools
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	@if cargo nextest --version >/dev/null 2>&1; then \
		set -x; cargo nextest run; \
	else \
		set -x; cargo test --lib --bins --tests; \
	fi
	cargo test --doc
	cargo run --quiet -- schema | diff schema.graphql - \
		|| { echo 'schema.graphql is not what the code says: make schema'; exit 1; }

bench:
	cargo bench

schema:
	cargo run --quiet -- schema > schema.graphql.new
	mv schema.graphql.new schema.graphql

# Rust itself must be there; its formatter and linter are added where they are not.
tools:
	@cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
