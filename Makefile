# make demo    build the release binary and watch it work
# make test    every test and the lint
# make bench   time the ledger against its floor, against others, and as it grows; three quarters of an hour
# make tampering  change a ledger behind its back in every way there is; minutes
# make fuzz    try every parser with inputs of libFuzzer, or made by lot where the toolchain has none; SECONDS=20 each
# make hostile  hand a ledger thousands of files that a stranger could have made, and every argument hostile words; minutes
# make test-sanitize  the tests under address and under thread sanitizer; long
# make model   compare the ledger with a naive one through 120,000 random commands; minutes
# make crashes  kill the program at 1,000 random instants of everything that writes; minutes
# make faults   let each file operation of everything that a ledger does fail, in six ways; minutes
# make soak    tampering, model, crashes, faults, fuzz and hostile, one after the other; hours
# make test-brokers  deliver 100,000 events to Redis, PostgreSQL, NATS and RabbitMQ, those that are installed
# make install put `ledger` on the PATH: make install PREFIX=$HOME/.local
# make format  lay out the sources as the lint wants them
# make clean   remove what was built

SWIFT  ?= swift
PREFIX ?= /usr/local
RELEASE = .build/release/ledger
# Functions of one module are made for what another one calls them with: a fifth less time for a transfer.
OPTIMIZED = -c release -Xswiftc -cross-module-optimization
RELEASE_FLAGS = $(OPTIMIZED) --product ledger --static-swift-stdlib
FORMATTED = Package.swift Sources Tests fixtures/examples

SECONDS ?= 20
SEED   ?= 1
TARGETS ?= $(notdir $(wildcard fixtures/fuzz/*))

.PHONY: demo test test-brokers test-sanitize build bench tampering fuzz hostile model crashes faults soak setup install \
  format lint clean

demo: build
	@fixtures/demo/run $(RELEASE)

test: setup
	$(SWIFT) build --build-tests
	@{ $(SWIFT) test --skip-build; echo $$? > .build/tests.status; } 2>&1 | tee .build/tests.log; \
	  status=$$(cat .build/tests.status); \
	  [ "$$status" = 0 ] || { echo "What failed:"; grep -E '✘|recorded an issue' .build/tests.log; exit "$$status"; }
	@$(MAKE) --no-print-directory lint

build: setup
	$(SWIFT) build $(RELEASE_FLAGS)

# EVENTS=100000 make bench takes less; PROFILES="single bulk" only these.
bench: build
	$(SWIFT) run $(OPTIMIZED) benchmarks $(RELEASE) "$${TMPDIR:-/tmp}" $(PROFILES)
	@[ -n "$(PROFILES)" ] || fixtures/peers/run $(RELEASE) "$${TMPDIR:-/tmp}"

tampering: setup
	$(SWIFT) run $(OPTIMIZED) tamper-trial

# TARGETS="json search" SECONDS=600 make fuzz looks longer at fewer. What libFuzzer finds is left in fuzz-crash-*.
fuzz: setup
	$(SWIFT) build $(OPTIMIZED) --product fuzz-trial
	.build/release/fuzz-trial $(SECONDS) $(SEED) $(TARGETS)
	@if $(call has_runtime,fuzzer); then \
	  LEDGER_LIBFUZZER=1 $(SWIFT) build -c release --sanitize=fuzzer --scratch-path .build-fuzz --product guided-fuzz && \
	  for target in $(TARGETS); do \
	    mkdir -p .build-fuzz/corpus/$$target && echo "libFuzzer: $$target" && \
	    SWIFT_BACKTRACE=enable=no .build-fuzz/release/guided-fuzz $$target .build-fuzz/corpus/$$target fixtures/fuzz/$$target \
	      -max_total_time=$(SECONDS) -seed=$(SEED) -max_len=4096 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
	      -artifact_prefix=fuzz-crash-$$target- -print_final_stats=1 < /dev/null || exit 1; \
	  done; \
	else echo "ledger: this toolchain has no libFuzzer; inputs made by lot were all there is"; fi

hostile: setup
	$(SWIFT) build $(OPTIMIZED) --product hostile-trial
	.build/release/hostile-trial
	$(SWIFT) build --build-tests
	LEDGER_HOSTILE=all $(SWIFT) test --skip-build --filter HostileArgumentTests

# SANITIZERS=thread make test-sanitize runs one of them; FILTER=JSONTextTests only what has that name.
SANITIZERS ?= address thread
FILTER ?= .
# Half of an unfinished answer, and memory that is never given back, are nothing that these look for.
test-sanitize: setup
	@for sanitizer in $(SANITIZERS); do \
	  if $(call has_runtime,$$sanitizer); then \
	    echo "The tests under $$sanitizer sanitizer" && \
	    $(SWIFT) build --build-tests --sanitize=$$sanitizer --scratch-path .build-$$sanitizer && \
	    ASAN_OPTIONS=detect_leaks=0 LEDGER_SANITIZER=$$sanitizer \
	      TSAN_OPTIONS="halt_on_error=0 suppressions=$(CURDIR)/Tests/thread-sanitizer.txt" \
	      $(SWIFT) test --skip-build --sanitize=$$sanitizer --scratch-path .build-$$sanitizer --filter '$(FILTER)' || exit 1; \
	  else echo "ledger: this toolchain has no $$sanitizer sanitizer; its tests were left out"; fi; \
	done
# Other seeds: make model SEED=1000.
model: setup
	$(SWIFT) run $(OPTIMIZED) model-trial --first-seed $(SEED)

# ROUNDS=100 SEED=7 make crashes makes fewer, and others.
crashes: build
	$(SWIFT) run $(OPTIMIZED) crash-trial $(RELEASE) --rounds $${ROUNDS:-1000} --seed $${SEED:-1}

faults: setup
	$(SWIFT) run $(OPTIMIZED) fault-trial

# Whatever a trial finds ends it.
soak: tampering model crashes faults fuzz hostile

# EVENTS=10000 KILLS=3 make test-brokers takes less; BROKERS=redis only one of them.
test-brokers: build
	@fixtures/brokers/run $(RELEASE) $(BROKERS)

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(RELEASE) "$(DESTDIR)$(PREFIX)/bin/ledger"
	strip "$(DESTDIR)$(PREFIX)/bin/ledger"

# Whether the toolchain brings what -sanitize=$(1) links to.
has_runtime = { try=$$(mktemp -d) && printf '' | \
	$(SWIFT)c -sanitize=$(1) -parse-as-library - -emit-library -o $$try/library >/dev/null 2>&1; \
	found=$$?; rm -r $$try; test $$found = 0; }

lint:
	$(SWIFT) format lint --strict --recursive $(FORMATTED)

format:
	$(SWIFT) format --in-place --recursive $(FORMATTED)

clean:
	rm -rf .build .build-fuzz .build-address .build-thread

# A Swift toolchain has to be there; the headers of SQLite are installed if they are missing.
setup:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "ledger: no Swift toolchain on the PATH; install Swift 6.2 or later from https://www.swift.org/install" >&2; \
	  exit 1; }
	@$(SWIFT) --version 2>/dev/null | grep -Eq 'Swift version (6\.([2-9]|[1-9][0-9])|[7-9]|[1-9][0-9])' || { \
	  echo "ledger: this needs Swift 6.2 or later; install it from https://www.swift.org/install" >&2; \
	  exit 1; }
	@if [ "$$(uname)" = Linux ] && ! printf '#include <sqlite3.h>\n' | $(CC) -E - >/dev/null 2>&1; then \
	  if ! command -v apt-get >/dev/null; then \
	    echo "ledger: sqlite3.h is missing; install your system's SQLite development package" >&2; exit 1; \
	  elif [ "$$(id -u)" != 0 ]; then \
	    echo "ledger: sqlite3.h is missing; run: sudo apt-get install -y libsqlite3-dev" >&2; exit 1; \
	  fi; \
	  apt-get update -qq && apt-get install -y -qq libsqlite3-dev; \
	fi
