# The commands of the house. Each is a script under scripts/ that says what it does.

.PHONY: help demo test conformance bench clean check

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: ## build everything, start every door, stream the demo region in (RESIDENTS=2000 SEED=42 LIVE=1 ARGS=…)
	@scripts/demo

test: ## formatting, lints, walls, all tests, the web in Chromium: what CI runs
	@scripts/test

check: ## the rules of the house alone (seconds)
	@cargo xtask check

conformance: ## the outside suites over MERIDIAN_MATERIALS, compared with the recorded floor
	@scripts/conformance

bench: ## the benchmarks, release build, written to bench/RESULTS.md
	@scripts/bench

clean: ## remove builds and the demo's data
	cargo clean
	rm -rf web/dist web/node_modules .demo
