# The commands of the project. Each installs what it lacks the first time, notes
# that in .build and touches no network the second time.
#
#   make run     the window on the sample asset; without a display, the server
#   make build   ./manifold, as "make run" would build it (window, headless: by name)
#   make install into PREFIX, with the desktop entry and its file types
#   make test    every stage of .ci/test
#   make bench   speed beside nginx on the same bytes (ARGS: see .ci/bench)
#   make fuzz    every fuzz target, FUZZTIME each
#   make soak    the server under load for SOAKTIME, memory watched
#   make clean   all that was built, made and installed in here

FUZZTIME ?= 1m
SOAKTIME ?= 10m
ARGS     ?=
PREFIX   ?= /usr/local

# Go is used as it is found: no other toolchain is fetched, and no version
# control is asked.
export GOTOOLCHAIN := local
export GOFLAGS     := -buildvcs=false

window_tags := x11,migrated_fynedo
flavour     := $(if $(or $(DISPLAY),$(filter Darwin,$(shell uname))),window,headless)

.PHONY: run build window headless install test bench fuzz soak clean
.DELETE_ON_ERROR:

run: $(flavour)
	@exec ./manifold $(if $(filter headless,$(flavour)),serve) $(or $(ARGS),assets/sample)

build: $(flavour)

window: .build/go .build/apt-window .build/player .build/assets
	CGO_ENABLED=1 go build -tags $(window_tags) -o manifold .

headless: .build/go .build/player
	CGO_ENABLED=0 go build -tags headless -o manifold .

id    := io.github.manifold.Manifold
share := $(DESTDIR)$(PREFIX)/share

install: $(flavour)
	install -D -m 755 manifold $(DESTDIR)$(PREFIX)/bin/manifold
	install -D -m 644 assets/icon.svg $(share)/icons/hicolor/scalable/apps/$(id).svg
	install -D -m 644 assets/desktop/$(id).desktop $(share)/applications/$(id).desktop
	install -D -m 644 assets/desktop/$(id).metainfo.xml $(share)/metainfo/$(id).metainfo.xml
	install -D -m 644 assets/desktop/$(id).mime.xml $(share)/mime/packages/$(id).xml
	[ -n "$(DESTDIR)" ] || ! command -v update-mime-database >/dev/null || update-mime-database $(share)/mime
	[ -n "$(DESTDIR)" ] || ! command -v update-desktop-database >/dev/null || update-desktop-database $(share)/applications

test: .build/go .build/apt-window .build/apt-test .build/player .build/assets
	@.ci/test

bench: .build/go .build/apt-bench .build/player
	CGO_ENABLED=0 go build -tags headless -o .build/manifold .
	go run ./.ci/bench $(ARGS) .build/manifold

fuzz: .build/go .build/player
	@.ci/fuzz $(FUZZTIME)

soak: .build/go .build/apt-test .build/player
	MANIFOLD_SOAK=$(SOAKTIME) go test -count=1 -timeout 24h -v -run '^TestSoak$$' ./app/verify/proof

clean:
	rm -rf .build manifold testdata/.made player/web/node_modules assets/node_modules
	find player/web/vendor assets/fonts assets/licences -type f ! -name .gitkeep -delete

# What has to be there before. A stamp is older than its rule's sources exactly
# when the work has to be done again.

.build/go: .ci/need
	@.ci/need go
	@mkdir -p $(@D) && touch $@

.build/node: .ci/need
	@.ci/need node
	@mkdir -p $(@D) && touch $@

.build/apt-%: .ci/apt
	@.ci/apt $*
	@mkdir -p $(@D) && touch $@

# The web player's libraries, and the fonts and licence texts of the window.
.build/player: .build/player-npm player/web/build.js
	cd player/web && npm run build
	@touch $@

.build/player-npm: .build/node player/web/package-lock.json
	cd player/web && npm ci --no-audit --no-fund
	@touch $@

.build/assets: .build/assets-npm assets/collect.mjs go.sum
	cd assets && npm run build
	@touch $@

.build/assets-npm: .build/node assets/package-lock.json
	cd assets && npm ci --no-audit --no-fund
	@touch $@
