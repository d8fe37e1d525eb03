# SPDX-License-Identifier: GPL-2.0-or-later
#   make          the tools              make test     everything, in a guest too
#   make kernel   the guest's kernel     make check    only the userspace tests
#   make demo     see it work            make bench    measure
#   make soak     the long tests         make fuzz     the fuzzers, by clang
#   make distro   Debian in a guest, with kmemcheck and without (docs/distro.md)
#   make deb      Debian packages, in build/deb
# Variables: KVER= (a version of Linux that kernel/targets has), WERROR=1, ASAN=1,
# MACHINE=i386 (with make kernel: of 32 bits),
# NO_INSTALL=1, DESTDIR=, PREFIX=, BENCH= and DISTRO= (options of bench/kernel and
# tests/distro/run). See README.md.

VERSION		:= 0.1
PREFIX		?= /usr/local
LIBDIR		?= $(PREFIX)/lib
BUILD		:= build
# The instrumented build lies beside the normal one.
OUT		:= $(BUILD)$(if $(ASAN),/asan)

ASKED		:= $(KVER)
override KVER	:= $(shell KVER='$(KVER)' kernel/kver 2>&1)
ifneq ($(.SHELLSTATUS),0)
$(error $(KVER))
endif
export KVER
KERNEL		:= $(abspath $(BUILD))/linux-$(KVER)

CC		:= $(if $(filter default,$(origin CC)),gcc,$(CC))
OBJCOPY		?= objcopy
PKG_CONFIG	?= pkg-config
PACKAGES	:= libdw libelf libdebuginfod libbpf jansson zlib liblzma libzstd
# Of kmc-annotate alone, and of kmc-store alone.
TUI_PACKAGES	:= ncursesw
STORE_PACKAGES	:= sqlite3
CFLAGS		?= -O2 -g
comma		:= ,
WARNINGS	:= -Wall -Wextra -Wmissing-prototypes -Wvla -Wshadow $(if $(WERROR),-Werror)
SANITIZE	:= $(if $(ASAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)
ALL_CFLAGS	= -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -fPIC -fvisibility=hidden -pthread \
		  -Ilib/include -Ilib -Ikernel/overlay/include/uapi -DKMC_VERSION='"$(VERSION)"' \
		  $(SANITIZE) $(CFLAGS) $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
ALL_LDFLAGS	= -pthread $(SANITIZE) $(LDFLAGS)
# Zydis comes without a .pc file.
LIBS		= $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lZydis

# These see libdwarf, and are linked with it before all else is.
LIBDWARF_SRCS	:= lib/types/dwarf_index.c lib/types/dwarf_source.c lib/types/dwarf_split.c \
		   lib/types/layout_dwarf.c
LIB_OBJS	:= $(patsubst %.c,$(OUT)/obj/%.o,$(filter-out $(LIBDWARF_SRCS),$(wildcard lib/*/*.c))) \
		   $(OUT)/obj/lib/types/layout_dwarf.alone.o
COMMON_OBJS	:= $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard tools/common/*.c))
REPORT_OBJS	:= $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard tools/kmc-report/*.c)) $(COMMON_OBJS)
ANNOTATE_OBJS	:= $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard tools/kmc-annotate/*.c)) $(COMMON_OBJS)
STORE_OBJS	:= $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard tools/kmc-store/*.c)) $(COMMON_OBJS) \
		   $(OUT)/obj/tools/kmc-store/sql_files.o
# Made from the tables of options and keys.
TOOLS		:= kmc-report kmc-annotate kmc-store
MAN_PAGES	:= $(TOOLS:%=$(OUT)/%.1)
COMPLETIONS	:= $(TOOLS:%=$(OUT)/%.bash)
DOC_OBJS	:= $(addprefix $(OUT)/obj/tools/,doc.o kmc-report/options.o \
		     kmc-annotate/options.o kmc-annotate/keys.o kmc-store/options.o \
		     kmc-store/when.o) $(COMMON_OBJS)
UNIT_TESTS	:= $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(wildcard tests/unit/test_*.c))
# Linked into every unit test.
UNIT_OBJS	:= $(patsubst %.c,$(OUT)/obj/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
TEST_TOOLS	:= $(patsubst tests/tools/%.c,$(OUT)/tests/%,$(wildcard tests/tools/*.c))
FUZZERS		:= $(patsubst tests/fuzz/%.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
CLI_TESTS	:= $(sort $(wildcard tests/cli/*.t) $(wildcard tests/tui/*.t))
# $(1): programs, $(2): version of Linux. Without those that do not apply to it.
KERNEL_TESTS	= $(filter-out $(shell grep -o '^tests/[^ ]*\.t' kernel/targets/$(2)/skip),$(sort $(1)))
GUEST_TESTS	:= $(wildcard tests/guest/*.t)
# Who has not asked for a version gets the others as well, in short.
OTHERS		:= $(if $(ASKED),,$(filter-out $(KVER),$(notdir $(wildcard kernel/targets/*))))
SHORT_TESTS	:= $(addprefix tests/guest/,boot-on.t bugs.t diff.t samples.t silence.t)
# And x86 of 32 bits, where this version is made for that.
NARROW		:= $(if $(ASKED),,$(patsubst %.config,%,$(notdir \
		   $(wildcard kernel/targets/$(KVER)/configs/i386.config))))
NARROW_TESTS	:= $(addprefix tests/guest/,boot-on.t diff.t samples.t torture.t)
# What does not run our tools gains nothing from running twice, or takes too long to.
PLAIN_ONLY	:= $(addprefix tests/cli/,kmemcheck-apply.t valgrind.t addr2line.t coverage.t follower.t \
		     bench-kernel.t demo.t fuzz.t flat.t found.t faults.t layout.t insn.t hitrate.t \
		     headers.t namesakes.t oracle.t rooms.t store-kill.t) \
		     tests/tui/pahole.t

# V=1 shows the commands.
Q		:= $(if $(V),,@)
say		= $(if $(V),,@printf '  %-7s %s\n' $(1) $@)

.PHONY: all deps kernel demo check test soak distro deb bench install lint clean test-programs fuzz \
	fuzz-programs sqlite
.DELETE_ON_ERROR:
.SECONDARY:

all: $(TOOLS:%=$(OUT)/%) $(OUT)/libkmc.a $(OUT)/libkmc.so $(MAN_PAGES) $(COMPLETIONS)
	@:

# A change of flags rebuilds everything, and so does one of what is linked alone.
FLAGS		= $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBDWARF_SRCS)
$(OUT)/obj/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@
FORCE:

$(OUT)/obj/%.o: %.c $(OUT)/obj/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# libdwarf and libdw export 34 functions of the same names, and libdwarf calls some of
# its own through them. So its archive goes in, and its names stay inside. It is made
# for programs only, where stdout has a fixed address; it uses that before abort().
LIBDWARF	= $(shell $(CC) -print-file-name=libdwarf.a)
$(OUT)/obj/libdwarf.a: $(OUT)/obj/flags
	$(Q)$(OBJCOPY) --redefine-sym stdout=kmc_libdwarf_stdout $(LIBDWARF) $@

$(OUT)/obj/lib/types/layout_dwarf.alone.o: $(LIBDWARF_SRCS:%.c=$(OUT)/obj/%.o) $(OUT)/obj/libdwarf.a
	$(call say,LD)
	$(Q)$(LD) -r -o $@ $^
	$(Q)$(OBJCOPY) --keep-global-symbol=kmc_types_open_dwarf \
		--keep-global-symbol=kmc_types_of_image $@

# One object, so that only what is public has a name outside.
$(OUT)/obj/libkmc.o: $(LIB_OBJS)
	$(call say,LD)
	$(Q)$(LD) -r -o $@ $^
	$(Q)$(OBJCOPY) --localize-hidden $@

$(OUT)/libkmc.a: $(OUT)/obj/libkmc.o
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(OUT)/libkmc.so: $(LIB_OBJS) lib/libkmc.map
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libkmc.so.0 -Wl,--version-script=lib/libkmc.map \
		$(if $(ASAN),,-Wl,-z,defs) -o $@ $(LIB_OBJS) $(LIBS)

$(OUT)/kmc-report: $(REPORT_OBJS) $(OUT)/libkmc.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(OUT)/kmc-annotate: $(ANNOTATE_OBJS) $(OUT)/libkmc.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(shell $(PKG_CONFIG) --libs $(TUI_PACKAGES)) -pthread

# The text of all statements, as strings.
SQL_FILES	:= $(sort $(wildcard tools/kmc-store/sql/*.sql))
$(OUT)/obj/tools/kmc-store/sql_files.c: $(SQL_FILES) tools/kmc-store/sql_strings.awk
	@mkdir -p $(@D)
	$(Q)awk -f tools/kmc-store/sql_strings.awk $(SQL_FILES) >$@

$(OUT)/obj/tools/kmc-store/sql_files.o: $(OUT)/obj/tools/kmc-store/sql_files.c $(OUT)/obj/flags
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -Itools/kmc-store -c -o $@ $<

# Better one line than what the compiler has to say to a header that is not there.
$(OUT)/obj/tools/kmc-store/db_sqlite.o: | sqlite
sqlite:
	@$(PKG_CONFIG) --exists $(STORE_PACKAGES) || \
		{ echo "kmc-store needs SQLite: install libsqlite3-dev, or run make deps" >&2; exit 1; }

$(OUT)/kmc-store: $(STORE_OBJS) $(OUT)/libkmc.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(shell $(PKG_CONFIG) --libs $(STORE_PACKAGES))

$(OUT)/obj/doc: $(DOC_OBJS) $(OUT)/libkmc.a
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(MAN_PAGES): $(OUT)/%.1: $(OUT)/obj/doc
	$(call say,MAN)
	$(Q)$(OUT)/obj/doc man $* tools/$*/$*.1.in >$@
$(OUT)/kmc-report.1: tools/kmc-report/kmc-report.1.in
$(OUT)/kmc-annotate.1: tools/kmc-annotate/kmc-annotate.1.in
$(OUT)/kmc-store.1: tools/kmc-store/kmc-store.1.in

$(COMPLETIONS): $(OUT)/%.bash: $(OUT)/obj/doc
	$(call say,BASH)
	$(Q)$(OUT)/obj/doc bash $* >$@

# Tests ask what the library hides, too.
$(UNIT_TESTS): $(OUT)/tests/%: $(OUT)/obj/tests/unit/%.o $(UNIT_OBJS) $(LIB_OBJS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(TEST_TOOLS): $(OUT)/tests/%: $(OUT)/obj/tests/tools/%.o $(LIB_OBJS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(FUZZERS): $(OUT)/%: $(OUT)/obj/tests/fuzz/%.o $(OUT)/obj/tests/fuzz/common.o $(LIB_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# The report of kmemcheck's manual; the files' names are part of the debug info.
MANUAL		:= $(BUILD)/fixtures/manual/vmlinux
MANUAL_DIR	:= testdata/fixtures/manual
MANUAL_CFLAGS	:= -std=gnu11 -O2 -g3 -ffreestanding -fno-pic -mcmodel=kernel -mno-red-zone \
		   -ffunction-sections -fno-stack-protector -fcf-protection=none \
		   -fno-asynchronous-unwind-tables -fno-reorder-blocks -nostdlib -static -no-pie
$(MANUAL): $(addprefix $(MANUAL_DIR)/,kernel/signal.c arch/x86/kernel/entry_64.S vmlinux.lds)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)cd $(MANUAL_DIR) && gcc $(MANUAL_CFLAGS) -fdebug-prefix-map=$(abspath $(MANUAL_DIR))=/usr/src/linux \
		-Wl,--build-id=sha1 -Wl,-T,vmlinux.lds kernel/signal.c arch/x86/kernel/entry_64.S -o $(abspath $@)

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)

deps:
	@scripts/deps

kernel:
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD))

# All that is linked into a fuzzer has to be built for it, by clang. Tracing comparisons
# would take a third of the time; what is compared is in the seeds, or seen by strncmp().
fuzz:
	$(SUBMAKE) fuzz-programs OUT=$(BUILD)/fuzz CC=clang CFLAGS="-O2 -g" \
		SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
			  -fno-sanitize-coverage=trace-cmp"

fuzz-programs: $(FUZZERS) $(MANUAL)

# Without it, a test is skipped. It is kept, as the kernel is.
SARIF_SCHEMA	:= $(BUILD)/sarif-2.1.0.schema.json
$(SARIF_SCHEMA):
	@scripts/sarif-schema $@ || true

# Everything that the tests of one variant need, without running them.
test-programs: all $(UNIT_TESTS) $(TEST_TOOLS) $(MANUAL) $(SARIF_SCHEMA)

# -j because most of the time goes by in a guest, which has one CPU.
RUN		= tests/run -j $(shell nproc)
# $(1): output directory
VARIANT		= KMC_BUILD=$(1) KMC_REPORT=$(abspath $(1))/kmc-report \
		  KMC_ANNOTATE=$(abspath $(1))/kmc-annotate \
		  KMC_STORE=$(abspath $(1))/kmc-store \
		  KMC_CHAIN=$(abspath $(1))/tests/kmc-chain \
		  KMC_LAYOUT=$(abspath $(1))/tests/kmc-layout \
		  KMC_MUTATE=$(abspath $(1))/tests/kmc-mutate
USERSPACE	= $(call VARIANT,$(BUILD)) $(UNIT_TESTS) $(CLI_TESTS) \
		  --label asan $(call VARIANT,$(BUILD)/asan) \
		  $(UNIT_TESTS:$(BUILD)/%=$(BUILD)/asan/%) $(filter-out $(PLAIN_ONLY),$(CLI_TESTS))

# A make of its own, because nothing may start before deps has ended.
SUBMAKE		= +@$(MAKE) --no-print-directory

check: deps
	$(SUBMAKE) test-programs
	$(SUBMAKE) test-programs ASAN=1
	$(SUBMAKE) fuzz
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-5} $(RUN) $(USERSPACE)

test: deps
	$(SUBMAKE) test-programs
	$(SUBMAKE) test-programs ASAN=1
	$(SUBMAKE) fuzz
	$(SUBMAKE) kernel
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) bugs
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) slab
	$(foreach machine,$(NARROW),$(call narrow_kernel,$(machine)))
	$(foreach version,$(OTHERS),$(call other_kernel,$(version)))
	@$(RUN) VMLINUX=$(KERNEL)/vmlinux $(USERSPACE) \
		--label guest $(call VARIANT,$(BUILD)) $(call KERNEL_TESTS,$(GUEST_TESTS),$(KVER)) \
		$(foreach machine,$(NARROW),--label guest-$(machine) MACHINE=$(machine) \
			$(NARROW_TESTS) MACHINE=x86_64) \
		$(foreach version,$(OTHERS),--label guest-$(version) KVER=$(version) \
			VMLINUX=$(abspath $(BUILD))/linux-$(version)/vmlinux \
			$(call KERNEL_TESTS,$(SHORT_TESTS),$(version)))

define narrow_kernel

	@scripts/deps $(1)
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) MACHINE=$(1) all
endef

define other_kernel

	@KVER=$(1) scripts/deps kernel
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) KVER=$(1) all bugs
endef

# Not part of any other target.
soak: deps
	@scripts/deps soak
	$(SUBMAKE) all kernel fuzz
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) wide
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) checked
	@tests/run --timeout 100000 --label soak $(call VARIANT,$(BUILD)) \
		$(call KERNEL_TESTS,$(wildcard tests/soak/*.t),$(KVER))

# Neither. Needs root for the disk of the guest; takes more than an hour.
distro: deps
	@scripts/deps soak distro
	$(SUBMAKE) all
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) distro
	@tests/distro/image $(abspath $(BUILD)) $(KERNEL)-distro
	@tests/distro/run $(DISTRO) $(abspath $(BUILD)) $(KERNEL)-distro

# Of a copy, so that what is built here stays as it is.
deb:
	@scripts/deps userspace deb
	@scripts/deb/build $(VERSION) $(abspath $(BUILD))/deb

demo:
	+@scripts/demo

bench: deps
	$(SUBMAKE) all kernel
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) plain
	$(SUBMAKE) -C kernel BUILD=$(abspath $(BUILD)) bench
	@bench/kernel --build $(BUILD) $(BENCH)
	@bench/size $(BUILD)
	@bench/pool --build $(BUILD)
	$(SUBMAKE) all $(BUILD)/tests/kmc-chain
	@bench/scan --build $(BUILD)
	@bench/group --report $(BUILD)/kmc-report $(KERNEL)/vmlinux
	@bench/report --build $(BUILD)
	@bench/annotate --annotate $(BUILD)/kmc-annotate
	@bench/store --store $(BUILD)/kmc-store --report $(BUILD)/kmc-report

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/kmc \
		$(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $(TOOLS:%=$(OUT)/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 lib/include/kmc/*.h $(DESTDIR)$(PREFIX)/include/kmc
	install -m 644 $(OUT)/libkmc.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(OUT)/libkmc.so $(DESTDIR)$(LIBDIR)/libkmc.so.$(VERSION)
	ln -sf libkmc.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libkmc.so.0
	ln -sf libkmc.so.0 $(DESTDIR)$(LIBDIR)/libkmc.so
	install -m 644 $(MAN_PAGES) tools/kmc-store/collect/kmc-collect.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 755 tools/kmc-store/collect/kmc-collect $(DESTDIR)$(PREFIX)/bin
	sed 's,@PREFIX@,$(PREFIX),' tools/kmc-store/collect/kmc-collect.service.in \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/kmc-collect.service
	install -m 644 tools/kmc-store/collect/kmc-collect.timer $(DESTDIR)$(PREFIX)/lib/systemd/system
	for tool in $(TOOLS); do install -m 644 $(OUT)/$$tool.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$tool || exit 1; done
	sed 's,@PREFIX@,$(PREFIX),; s,@LIBDIR@,$(LIBDIR),; s,@VERSION@,$(VERSION),; s,@PACKAGES@,$(PACKAGES),' \
		lib/kmc.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/kmc.pc

lint:
	@scripts/lint $(BUILD)

# The kernel takes minutes and is kept; rm -r build removes that, too.
clean:
	rm -rf $(BUILD)/obj $(BUILD)/asan $(BUILD)/fuzz $(BUILD)/tests $(BUILD)/fixtures \
		$(BUILD)/demo $(BUILD)/deb $(TOOLS:%=$(BUILD)/%) $(MAN_PAGES) $(COMPLETIONS) \
		$(BUILD)/libkmc.a $(BUILD)/libkmc.so
