# Everything uses the Go that is installed; no toolchain is downloaded.
export GOTOOLCHAIN := local

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
GOBUILD  := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w -X main.version=$(VERSION)'
FUZZTIME ?= 60s
PLATFORMS := linux/amd64 linux/arm64

.PHONY: demo test crash check bench build fuzz dist clean

# Plays the incident the product was made for, on embedded SQLite.
demo: build
	bin/kakitome demo

build:
	$(GOBUILD) -o bin/kakitome ./cmd/kakitome

# Installs what the tests need, runs all of them with a private PostgreSQL and MariaDB, and fuzzes briefly.
test:
	scripts/install-test-deps
	scripts/with-postgres scripts/with-mariadb go test -timeout 10m ./...
	FUZZTIME=3s FUZZBUDGET=150 scripts/fuzz

# Kills the server fifty times on each database, and runs the races and the outages in full.
crash:
	KAKITOME_CRASH_ROUNDS=50 scripts/with-postgres go test -count=1 -v -timeout 90m -parallel 1 ./internal/kakitest/crash

check:
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	scripts/lint
	go mod tidy -diff
	scripts/check-generated

bench: build
	go test -run '^$$' -bench . -benchmem ./...
	bin/kakitome bench match
	bin/kakitome bench gateway

fuzz:
	FUZZTIME=$(FUZZTIME) FUZZBUDGET=0 scripts/fuzz

# Reproducible: the same commit and Go give the same bytes. The .modules files say what is linked in.
dist:
	rm -rf bin/dist
	mkdir -p bin/dist
	for p in $(PLATFORMS); do \
		out=bin/dist/kakitome-$(VERSION)-$${p%/*}-$${p#*/}; \
		GOOS=$${p%/*} GOARCH=$${p#*/} $(GOBUILD) -o $$out ./cmd/kakitome && go version -m $$out > $$out.modules || exit 1; \
	done
	cd bin/dist && sha256sum kakitome-* > SHA256SUMS

clean:
	rm -rf bin .cache testclients/node_modules
