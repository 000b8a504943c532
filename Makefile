# make demo    build the release binary and watch it work
# make test    every test and the lint
# make bench   time the event store (append and load), verify, questions about the past, and projections
# make tampering  change a ledger behind its back in every way there is; minutes
# make crashes  kill the program at 1,000 random instants of everything that writes; minutes
# make faults   let each file operation of everything that a ledger does fail, in six ways; minutes
# make test-brokers  deliver 100,000 events to Redis, PostgreSQL, NATS and RabbitMQ, those that are installed
# make install put `ledger` on the PATH: make install PREFIX=$HOME/.local
# make format  lay out the sources as the lint wants them
# make clean   remove what was built

SWIFT  ?= swift
PREFIX ?= /usr/local
RELEASE = .build/release/ledger
RELEASE_FLAGS = -c release --product ledger --static-swift-stdlib
FORMATTED = Package.swift Sources Tests fixtures/examples

.PHONY: demo test test-brokers build bench tampering crashes faults setup install format lint clean

demo: build
	@fixtures/demo/run $(RELEASE)

test: setup
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	@$(MAKE) --no-print-directory lint

build: setup
	$(SWIFT) build $(RELEASE_FLAGS)

bench: build
	$(SWIFT) run -c release store-bench "$${TMPDIR:-/tmp}"
	$(SWIFT) run -c release verify-bench "$${TMPDIR:-/tmp}"
	$(SWIFT) run -c release time-bench $(RELEASE) "$${TMPDIR:-/tmp}"
	$(SWIFT) run -c release projection-bench $(RELEASE) "$${TMPDIR:-/tmp}"

tampering: setup
	$(SWIFT) run -c release tamper-trial

# ROUNDS=100 SEED=7 make crashes makes fewer, and others.
crashes: build
	$(SWIFT) run -c release crash-trial $(RELEASE) --rounds $${ROUNDS:-1000} --seed $${SEED:-1}

faults: setup
	$(SWIFT) run -c release fault-trial

# EVENTS=10000 KILLS=3 make test-brokers takes less; BROKERS=redis only one of them.
test-brokers: build
	@fixtures/brokers/run $(RELEASE) $(BROKERS)

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(RELEASE) "$(DESTDIR)$(PREFIX)/bin/ledger"
	strip "$(DESTDIR)$(PREFIX)/bin/ledger"

lint:
	$(SWIFT) format lint --strict --recursive $(FORMATTED)

format:
	$(SWIFT) format --in-place --recursive $(FORMATTED)

clean:
	rm -rf .build

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
