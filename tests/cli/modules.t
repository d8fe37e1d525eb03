#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Types that only a module has: explained by kmc-report, found and listed by kmc-annotate,
# from DWARF and from BTF that continues the kernel's, whatever --modules names and
# however the file is named and compressed.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"
KMC_ANNOTATE=${KMC_ANNOTATE:-$TOP/build/kmc-annotate}
cd "$tmp" || exit 1

compile() {
	gcc -O2 -g -ffreestanding -fno-pic -mcmodel=kernel "$@" || exit 1
}

# dumps NAME, TEXT in it, options of kmc-annotate
dumps() {
	local name=$1 text=$2
	shift 2
	"$KMC_ANNOTATE" "$@" >out 2>err
	judge "$(grep -qF -- "$text" out && [ ! -s err ] && echo yes)" "$name"
}

second='
import json, sys
thing = json.load(open("out"))["object"]
sys.exit((thing["type"], thing["path"]) != ("struct mod_thing", "second"))'

# explains NAME, options of kmc-report
explains() {
	local name=$1
	shift
	"$KMC_REPORT" --format=json "$@" log >out 2>err
	judge "$([ ! -s err ] && python3 -c "$second" 2>>err && echo yes)" "$name"
}

cat >kernel.c <<-'END'
	const char linux_banner[] __attribute__((used)) =
		"Linux version 6.1.0-fixture (me@here) #1";
	struct list_head { struct list_head *next, *prev; };
	struct list_head all;
	void _start(void) { all.next = &all; }
END
cat >mod.c <<-'END'
	struct list_head { struct list_head *next, *prev; };
	struct mod_thing { struct list_head list; short first; int second; };
	typedef struct { char letter; } mod_word_t;
	mod_word_t mod_word;
	int mod_read(struct mod_thing *thing) { return thing->second; }
END
compile -nostdlib -static -Wl,-Ttext=0xffffffff81000000 kernel.c -o vmlinux
mkdir -p tree/6.1.0-fixture/kernel/drivers
ko=tree/6.1.0-fixture/kernel/drivers/my-mod.ko
compile -c mod.c -o $ko
ln -s /nowhere tree/6.1.0-fixture/build
size=0x$(nm -S $ko | sed -n 's/^[0-9a-f]* 0*\([0-9a-f]*\) T mod_read$/\1/p')
cat >log <<-END
	WARNING: kmemcheck: Caught 32-bit read from uninitialized memory (ffff88003e4a2014)
	80000000000000000000000000000000000000000088ffff0000000000000000
	 i i i i i i i i i i i i i i i i i i i i u u u u u u u u u u u u
	                                         ^
	Pid: 1856, comm: ntpdate Not tainted 6.1.0-fixture #1
	RIP: 0010:[<ffffffffc0000000>]  [<ffffffffc0000000>] mod_read+0x0/$size [my_mod]
	RDI: ffff88003e4a2000
	 [<ffffffffffffffff>] 0xffffffffffffffff
END

explains "the tree of all modules" -k vmlinux -m tree
explains "the directory of one" -k vmlinux -m tree/6.1.0-fixture/kernel/drivers
explains "its file" -k vmlinux -m $ko
dumps "a type by name" "struct mod_thing, 24 bytes" -k vmlinux -m tree --dump mod_thing
dumps "a typedef" "letter" -k vmlinux -m tree --dump mod_word_t
dumps "by file" "struct mod_thing, 24 bytes" -k vmlinux -m $ko --dump "struct mod_thing"
dumps "in the list, with its file" "mod_thing  my-mod.ko" -k vmlinux -m tree --dump
dumps "in the list as JSON" '"mod_thing"' -k vmlinux -m tree --dump=json
"$KMC_ANNOTATE" -k vmlinux -m tree --dump >out 2>err
judge "$([ "$(grep -c list_head out)" = 1 ] && ! grep -q 'list_head.*my-mod' out && echo yes)" \
	"what the kernel has, too, is there once"
dumps "the kernel's own" "struct list_head, 16 bytes" -k vmlinux -m tree --dump list_head
dumps "without any kernel" "struct mod_thing, 24 bytes" -k /dev/null -m $ko --dump mod_thing
"$KMC_ANNOTATE" -k vmlinux -m tree --dump no_such >out 2>err
judge "$(grep -q no_such err && [ "$(wc -l <err)" = 1 ] && echo yes)" "no such type anywhere"
"$KMC_REPORT" -k vmlinux -m mod.c log >out 2>err
judge "$(grep -qF "mod.c: is no directory, and no module by its name (.ko)" err && echo yes)" \
	"a file that is no module"

for way in "xz xz" "gzip gz" "zstd zst"; do
	dir=packed-${way% *}
	mkdir "$dir"
	cp $ko "$dir/my_mod.ko"
	${way% *} -q "$dir/my_mod.ko"
	rm -f "$dir/my_mod.ko"
	explains "${way% *}" -k vmlinux -m "$dir"
	dumps "${way% *}, by name" "struct mod_thing, 24 bytes" \
		-k vmlinux -m "$dir/my_mod.ko.${way#* }" --dump mod_thing
done
mkdir debug bad
objcopy --only-keep-debug $ko debug/my-mod.ko.debug
strip -g $ko -o debug/my-mod.ko
explains "a debug file beside it" -k vmlinux -m debug
dumps "types of a debug file" "struct mod_thing, 24 bytes" -k vmlinux -m debug --dump mod_thing
head -c 300 packed-xz/my_mod.ko.xz >bad/my_mod.ko.xz
head -c 500 $ko >bad/other.ko
"$KMC_REPORT" -k vmlinux -m bad log >out 2>err
judge "$(grep -qF "bad/my_mod.ko.xz: is damaged, cut off" err && [ "$(wc -l <err)" = 1 ] && echo yes)" \
	"a damaged file is named"
dumps "and passed over for types" "struct list_head" -k vmlinux -m bad --dump list_head

if command -v pahole >/dev/null; then
	cp ./vmlinux vmlinux.btf
	mkdir btf
	cp $ko btf/my-mod.ko
	pahole -J vmlinux.btf
	pahole -J --btf_base vmlinux.btf btf/my-mod.ko
	explains "with BTF, too" -k vmlinux.btf -m btf
	# Only now, for pahole makes BTF of DWARF.
	strip -g btf/my-mod.ko
	dumps "BTF alone" "struct mod_thing, 24 bytes" -k vmlinux.btf -m btf --dump mod_thing
	dumps "its members of the kernel's types" "struct list_head" \
		-k vmlinux.btf -m btf --dump mod_thing
	dumps "BTF in the list" "mod_thing  my-mod.ko" -k vmlinux.btf -m btf --dump
	xz btf/my-mod.ko
	dumps "compressed BTF" "struct mod_thing, 24 bytes" -k vmlinux.btf -m btf --dump mod_thing
	# As a running kernel shows it.
	mkdir raw
	objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc vmlinux.btf raw/vmlinux
	unxz <btf/my-mod.ko.xz >my-mod.btf
	objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc my-mod.btf raw/my_mod
	head -c 100 raw/my_mod >raw/cut_off
	dumps "raw BTF of a directory" "struct mod_thing, 24 bytes" -k raw --dump mod_thing
	dumps "raw BTF in the list" "mod_thing  my_mod" -k raw --dump
	dumps "raw BTF is searched" "struct mod_thing" -k raw --dump --find "contains list_head"
	dumps "raw BTF of the kernel" "struct list_head, 16 bytes" -k raw --dump list_head
	"$KMC_ANNOTATE" -k vmlinux -m btf --dump mod_thing >out 2>err
	judge "$([ -s err ] && [ ! -s out ] && echo yes)" "BTF without the kernel's is of no use"
else
	skip "BTF that continues the kernel's" "pahole is not installed"
fi
plan
