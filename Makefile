# mutasi: PostgreSQL extension for civil-servant transfers.
#
#   make demo, make check      as the first command on a bare Debian machine
#   make, make install         against the PostgreSQL that PG_CONFIG names
#
# Targets that run in a throw-away place of their own (test/*.sh) need no
# PostgreSQL headers to start with; everything else is plain PGXS.

EXTENSION = mutasi
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" mutasi.control)
MODULE_big = mutasi
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
FULL_SCRIPT = mutasi--$(EXTVERSION).sql
DATA_built = $(FULL_SCRIPT)
DATA = $(wildcard sql/mutasi--*--*.sql)
EXTRA_CLEAN = $(FULL_SCRIPT) po/*.mo results output_iso tmp_check tmp_check_iso

# The server's headers are not ours to warn about: -isystem silences them under
# -Wextra (the compiler then ignores the -I that PGXS adds for the same place).
PG_CPPFLAGS = -isystem $(includedir_server) -DMUTASI_VERSION='"$(EXTVERSION)"'

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=mutasi

# Goals that a script of ours carries out, each in a throw-away place. PGXS has a
# `check` of its own that tests nothing, so it is not even read when one of ours
# is asked for; goals beside ours get a make of their own.
SCRIPT_GOALS := demo check check-ubsan check-asan check-valgrind coverage fuzz faults soak lint bench oracle matrix bare reference pictures upgrade torture dist deb deb-check clients citus
OTHER_GOALS := $(filter-out $(SCRIPT_GOALS),$(MAKECMDGOALS))

ifneq ($(filter $(SCRIPT_GOALS),$(MAKECMDGOALS)),)
.PHONY: $(SCRIPT_GOALS) $(OTHER_GOALS)
# Keep make's own variables out of the scripts' inner make.
$(SCRIPT_GOALS): export MAKEFLAGS :=
$(SCRIPT_GOALS): export MAKEOVERRIDES :=
$(SCRIPT_GOALS): export MAKELEVEL :=
check:
	@test/check.sh
check-ubsan:
	@exec env CHECK_MODE=ubsan test/check.sh
check-asan:
	@exec env CHECK_MODE=asan test/check.sh
check-valgrind:
	@exec env CHECK_MODE=valgrind test/check.sh
coverage:
	@exec env CHECK_MODE=coverage test/check.sh
demo:
	@test/demo.sh
fuzz:
	@test/fuzz.sh
lint:
	@test/lint.sh
bench:
	@test/bench.sh
oracle:
	@test/oracle.sh
matrix:
	@test/matrix.sh
bare:
	@test/bare.sh
reference:
	@test/reference.sh
pictures:
	@test/pictures.sh
upgrade:
	@test/upgrade.sh
torture:
	@test/torture.sh
dist:
	@test/dist.sh
deb:
	@test/deb.sh
deb-check:
	@test/deb-check.sh
clients:
	@test/clients.sh
citus:
	@test/citus.sh
faults:
	@test/faults.sh
soak:
	@exec env CHECK_ONLY=tap MUTASI_SOAK=$${MUTASI_SOAK:-600} test/check.sh 063_soak
$(OTHER_GOALS):
	@$(MAKE) --no-print-directory $@
else
PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
# Bitcode for inlining by JIT, which nothing here needs, takes the clang that
# PostgreSQL was built with: without that, there is none.
ifeq ($(shell command -v "$$(sed -n 's/^CLANG[[:space:]]*=[[:space:]]*//p' $(dir $(PGXS))../Makefile.global)"),)
override with_llvm = no
endif
include $(PGXS)

# OpenSSL hashes for histories where it does for the server (src/history_digest.c)
ifneq ($(filter -lcrypto, $(LIBS)),)
ifeq ($(shell printf '\043include <openssl/evp.h>' | $(CC) -E - >/dev/null 2>&1 && echo found),found)
override CPPFLAGS += -DDIGEST_BY_OPENSSL
SHLIB_LINK += -lcrypto
endif
endif

KERNEL_SQL := $(sort $(wildcard sql/kernel/*.sql))
AGENCY_SQL := $(sort $(wildcard sql/agency/*.sql))

all: $(FULL_SCRIPT)

$(FULL_SCRIPT): sql/assemble.sh mutasi.control $(KERNEL_SQL) $(AGENCY_SQL)
	sh sql/assemble.sh > $@.tmp && mv $@.tmp $@

$(OBJS): $(wildcard src/*.h) mutasi.control

# Messages in other languages, where PostgreSQL speaks them and gettext's msgfmt
# is there; PGXS has no rules of its own. They go where the server looks:
# beside its own catalogues, by a name with its major version in it.
CATALOGUES := $(wildcard po/*.po)
ifeq ($(enable_nls),yes)
ifneq ($(shell command -v msgfmt 2>/dev/null),)
MESSAGES := $(CATALOGUES:.po=.mo)
endif
endif
message_file = $(DESTDIR)$(localedir)/$(1)/LC_MESSAGES/mutasi-$(MAJORVERSION).mo

all: $(MESSAGES)

po/%.mo: po/%.po
	msgfmt --check-format --check-domain -o $@ $<

install: install-messages
install-messages: $(MESSAGES)
	@$(if $(MESSAGES),:,echo 'no translated messages: PostgreSQL was built without them, or msgfmt (gettext) is missing')
	@$(foreach lang,$(basename $(notdir $(MESSAGES))),$(MKDIR_P) '$(DESTDIR)$(localedir)/$(lang)/LC_MESSAGES' && \
		$(INSTALL_DATA) po/$(lang).mo '$(call message_file,$(lang))' &&) :

uninstall: uninstall-messages
uninstall-messages:
	rm -f $(foreach lang,$(basename $(notdir $(CATALOGUES))),'$(call message_file,$(lang))')

# for whoever changed messages: the catalogues get the new ones, to be translated
messages:
	perl po/extract.pl $(CATALOGUES)

.PHONY: install-messages uninstall-messages messages
endif
