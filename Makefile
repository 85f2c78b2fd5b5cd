# Every target is one command and sets up what it needs itself. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test fuzz bench docs format check clean

# The tests whose code runs on several threads; these also run under ThreadSanitizer. Of the bags' tests those whose tasks exchange data:
# the property tests over large inputs would take an hour there and reach no other code.
ENGINE_TESTS := ^(SheafLocalTests|ConformanceTests|SheafDuckDBTests|SheafInterchangeTests)\.|^SheafBagTests\.(PersistTests|JoinTests|CancellationTests)

# The tests that start clusters of Dask and Ray. They run apart from the others: what is cancelled or killed there has to end within moments.
CLUSTER_TESTS := ^(SheafBridgeTests|CLITests\.(JobsOnEnginesTests|EnginesTests|CompareCommandTests))

# A warning stops CI, but not a newcomer with a newer compiler.
ifeq ($(CI),true)
export SHEAF_WARNINGS_AS_ERRORS := 1
endif

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## fetch the flights data, build the sheaf tool and run its jobs on it
	@dev/step "Set up" dev/setup demo
	@dev/step "Build the tool" swift build -c release --product sheaf
	@data=$$(dev/setup --print-data); dev/step "Demo" .build/release/sheaf demo --data "$$data"

test: ## build and run all tests, the engine's also under ThreadSanitizer, and build the examples
	@dev/step "Set up" dev/setup test
	@dev/step "Set up Dask and Ray" dev/engines
	@dev/step "Build the tests" swift build --build-tests
	@dev/step "Check what is not to compile" dev/compile-fail
# A few at a time: all at once, tests wait for one another, and time limits count the waiting.
	@dev/step "Test" env SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6 dev/postgres swift test --skip-build --disable-xctest --skip '$(CLUSTER_TESTS)'
	@dev/step "Test on Dask and Ray" env SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=2 swift test --skip-build --disable-xctest --filter '$(CLUSTER_TESTS)'
	@dev/step "Test the bridge to Python" dev/test-bridge
	@dev/step "Test the engine under ThreadSanitizer" dev/test-threads '$(ENGINE_TESTS)'
	@dev/step "Read mutated Arrow files under AddressSanitizer" dev/fuzz-arrow
	@dev/step "Read mutated values under AddressSanitizer" dev/fuzz-values
	@if [[ -f Examples/Package.swift ]]; then \
	    dev/step "Build the examples" swift build --package-path Examples --scratch-path .build-examples; \
	fi

fuzz: ## read 200000 mutated Arrow files and 50000 values under AddressSanitizer (about two minutes)
	@dev/step "Fuzz Arrow files" dev/fuzz-arrow
	@dev/step "Fuzz values" dev/fuzz-values

bench: ## compare with other libraries (installs them apart; takes a while), results in docs/benchmarks
	@dev/step "Set up" dev/setup-bench
	@dev/step "Set up Dask and Ray" dev/engines
	@dev/step "Build the benchmarks" swift build -c release --package-path Benchmarks --scratch-path .build-bench
	@dev/step "Measure" .build-bench/release/bench

docs: ## build the API documentation as a static site
	@dev/step "Set up" dev/setup docs
	@dev/step "Build the documentation" dev/docs

format: ## format the Swift files in place
	@dev/setup test
	@dev/format

check: ## check formatting, file lengths and scripts; changes nothing
	@dev/setup test
	@dev/check

clean: ## remove everything built here; downloaded data and peers stay in the cache folder
	rm -rf .build .build-* Examples/.build Benchmarks/.build
