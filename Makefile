# Names of what can be done here; the doing is in packaging/scripts. `make help` lists them.
.DEFAULT_GOAL := help
SCRIPTS := packaging/scripts
SEEDS ?= 10000
MINUTES ?= 5
ROUNDS ?= 10
PREFIX ?= /usr/local

.PHONY: help deps build test check format simulate fuzz bench bench-failover demo \
	hosts-test hosts-shell deb install clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

deps: ## Install what the build and the tests need (Debian packages)
	@$(SCRIPTS)/install-dependencies

build: deps ## Build the three programs in release mode
	@$(SCRIPTS)/build

test: deps ## Build and run every test
	@$(SCRIPTS)/test

check: deps ## Lint, format check, warnings as errors, tidy tests
	@$(SCRIPTS)/check

format: ## Lay out every Swift file
	@$(SCRIPTS)/require-swift
	@swift format --in-place --parallel --recursive --configuration .swift-format Package.swift Sources Tests

simulate: build ## Run SEEDS=10000 simulated groups
	@.build/release/rds-simulate --seeds $(SEEDS)

fuzz: deps ## Fuzz every parser for MINUTES=5 each
	@$(SCRIPTS)/fuzz $(MINUTES)

bench: build ## Measure beside redis-server; prints every round
	@$(SCRIPTS)/bench

bench-failover: build ## Measure ROUNDS=10 failovers beside redis-sentinel
	@$(SCRIPTS)/bench-failover --rounds $(ROUNDS)

demo: build ## Three servers, three sentinels, one failover, shown step by step
	@$(SCRIPTS)/demo

hosts-test: deb ## Three systemd hosts with the packages, and what can go wrong (root)
	@$(SCRIPTS)/install-dependencies $$(packaging/hosts-test/run --dependencies)
	@packaging/hosts-test/run

hosts-shell: deb ## Leave the three hosts running, to try things (root)
	@$(SCRIPTS)/install-dependencies $$(packaging/hosts-test/run --dependencies)
	@packaging/hosts-test/run --shell

deb: build ## Build the Debian packages into .build/deb
	@$(SCRIPTS)/install-dependencies debhelper dpkg-dev
	@$(SCRIPTS)/deb

install: ## Install what `make build` built under DESTDIR, programs in PREFIX=/usr/local
	@$(SCRIPTS)/install "$(DESTDIR)" "$(PREFIX)" common server sentinel cli

clean: ## Remove what was built
	@rm -rf .build demo-run
