#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What an object may be: --what, its file of what was found, and the key o. With VMLINUX,
# also how long that takes.
set -u
TOP=$(cd "$(dirname "$0")/../.." && pwd)
. "$TOP/tests/cli/tap.sh"
ANNOTATE=${KMC_ANNOTATE:-$TOP/build/kmc-annotate}
cd "$tmp" || exit 1
export XDG_CACHE_HOME=$tmp/cache
unset KMC_ANNOTATE_KEYS

cp "$TOP/tests/unit/fixtures/allocations.c" .
gcc -O2 -g -mno-sse -fno-asynchronous-unwind-tables -ffreestanding -fno-pic -mcmodel=kernel \
	-fno-stack-protector -fcf-protection=none -c allocations.c &&
	gcc -nostdlib -static -no-pie -Wl,-e,_start -Wl,-Ttext=0xffffffff81000000 \
		-Wl,--build-id=0x0123456789abcdef allocations.o -o vmlinux || exit 1
kept=$XDG_CACHE_HOME/kmc/0123456789abcdef.allocations

# what WORD…: what is said of that
what() {
	"$ANNOTATE" -k vmlinux --what "$@" >out 2>err
}

what ticket_cache +0x18
check "a cache, and where in it" same "1 type that it may be: ticket_cache +0x18
  1     56  struct ticket +24 number, certain
       new_ticket() allocates it from ticket_cache (allocations.c:216)
       its size is that of the cache's objects, 56 bytes" out
check "what was found is kept, for nobody else" test "$(stat -c %a "$kept")" = 600
check "and so is where it is" test "$(stat -c %a "$XDG_CACHE_HOME/kmc")" = 700

what kmalloc-64 offset 32 holds a function pointer
check "words need no quotes" grep -q '^  1     40  struct timer +32 function, likely' out
what "kmalloc-64 offset 32 holds a function pointer"
check "but may have them" grep -q '^  1     40  struct timer +32 function, likely' out
check "what it holds is a reason" grep -q '+32 is function, void (\*)(struct timer \*)' out
check "what it does not is one against it" grep -q 'but +32 is entry.prev, struct list \*' out

"$ANNOTATE" -k vmlinux --dump=json --what kmalloc-64 40 bytes +24 >out 2>err
check "as JSON" python3 - <<'PY'
import json
answers = json.load(open("out"))["answers"]
assert answers[0] == {
    "type": "struct waiter", "size": 40, "offset": 24, "path": "entry.next",
    "confidence": "guess", "reasons": [
        "new_waiter() allocates it by kmalloc() of 40 bytes (allocations.c:161), "
        "and in 2 other places"]}, answers[0]
assert [a["type"] for a in answers] == ["struct waiter", "struct timer", "struct names"]
PY

# anew NAME COMMAND…: what is kept was damaged by that, and is made anew
anew() {
	local name=$1
	shift
	"$@"
	what kmalloc-64 +32 holds function pointer
	check "made anew: $name" grep -q '^  1     40  struct timer' out
	check "and it is kept again" grep -q timer "$kept"
}
anew "what is empty" truncate -s 0 "$kept"
anew "what is cut off" truncate -s -9 "$kept"
anew "what has other words" sed -i s/timer/times/ "$kept"
anew "what ends in zeros" truncate -s +99 "$kept"
anew "what does not end" ln -sf /dev/zero "$kept"
anew "what leads nowhere" ln -sf no-such-file "$kept"
check "nothing is left over" test "$(find "$XDG_CACHE_HOME" -type f -o -type l | wc -l)" = 1

# A module allocates a type that only it has, by kmalloc() and from a cache of its own.
cat >parcel.c <<'END'
typedef unsigned long size_t;
struct kmem_cache;
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *object));
void *kmem_cache_alloc(struct kmem_cache *cache, unsigned int flags);
void *kmalloc_trace(struct kmem_cache *cache, unsigned int flags, size_t size);
struct parcel { long weight; void (*drop)(struct parcel *parcel); char to[184]; };
struct stamp { long value[11]; };
struct kmem_cache *stamps;
void post(void *object);
void new_parcel(void)
{
	struct parcel *parcel = kmalloc_trace((void *)0, 0xcc0, sizeof(*parcel));

	parcel->weight = 1;
	post(parcel);
}
void new_stamp(void)
{
	struct stamp *stamp = kmem_cache_alloc(stamps, 0xcc0);

	stamp->value[1] = 1;
	post(stamp);
}
int init_module(void)
{
	stamps = kmem_cache_create("stamp_cache", sizeof(struct stamp), 0, 0, (void *)0);
	return !stamps;
}
END
mkdir modules
gcc -O2 -g -mno-sse -ffreestanding -fno-pic -mcmodel=kernel -fno-stack-protector \
	-fcf-protection=none -c parcel.c -o modules/parcel.ko
with_module() {
	"$ANNOTATE" -k vmlinux -m modules --what "$@" >out 2>err
}
what kmalloc-256 +8 holds a function pointer
check "without -m, modules allocate nothing" has_none parcel out
with_module kmalloc-256 +8 holds a function pointer
check "what a module allocates" same "  1    200  struct parcel +8 drop, likely
       new_parcel() of parcel allocates it by kmalloc() of 200 bytes (parcel.c:13)
       +8 is drop, void (*)(struct parcel *)" <(sed -n 2,4p out)
with_module stamp_cache
check "and from its own cache" same "1 type that it may be: stamp_cache
  1     88  struct stamp, certain
       new_stamp() of parcel allocates it from stamp_cache (parcel.c:20)
       its size is that of the cache's objects, 88 bytes" out
cp out first
check "is kept with the kernel's" test "$(cat "$XDG_CACHE_HOME"/kmc/*-*.allocations | grep -c parcel)" = 3
with_module stamp_cache
check "and read again" cmp out first
touch -d 2001-02-03 modules/parcel.ko
with_module stamp_cache
check "another module of that name is searched" test "$(find "$XDG_CACHE_HOME" -type f | wc -l)" = 3
head -c 900 modules/parcel.ko >modules/cut.ko
with_module stamp_cache
check "a damaged module is passed over" cmp out first

XDG_CACHE_HOME=relative HOME=$tmp/home what ticket_cache
check "without XDG_CACHE_HOME, below HOME" test -f "$tmp/home/.cache/kmc/${kept##*/}"
XDG_CACHE_HOME=/proc/none what ticket_cache
check "nowhere to keep it is no failure" test ! -s err -a -s out

# refused SAYS WORD…: with one line, and the exit status of a wrong usage or query
refused() {
	local says=$1
	shift
	"$ANNOTATE" -k vmlinux "$@" >out 2>err
	[ $? = "$status" ] && grep -q -- "$says" err && [ ! -s out ]
}
status=1
check "two caches" refused "cannot tell what 'x y' is" --what x y
check "an offset alone" refused "name a cache or N bytes" --what +8
status=2
check "with --find" refused "--find cannot be done as well" --what a --find b
check "with --live" refused "--live cannot be done as well" --what a --live=/dev/null
check "with --diff" refused "--diff cannot be done as well" --diff --what a b c

strip -g -o stripped vmlinux
"$ANNOTATE" -k stripped --what ticket_cache >out 2>err
check "without debug info, that is said" grep -q "stripped: " err

cat >log <<'LOG'
[    1.000001] BUG: KASAN: use-after-free in unknown_function+0x14/0x40
[    1.000002] Read of size 4 at addr ffff888001234518 by task test/77
[    1.000003] 
[    1.000004] CPU: 0 PID: 77 Comm: test Not tainted 6.1.0-fixture #1
[    1.000005] Call Trace:
[    1.000007]  unknown_function+0x14/0x40
[    1.000009] 
[    1.000010] The buggy address belongs to the object at ffff888001234500
[    1.000011]  which belongs to the cache ticket_cache of size 56
[    1.000012] The buggy address is located 24 bytes inside of
[    1.000013]  56-byte region [ffff888001234500, ffff888001234538)
LOG
printf '<Enter>o' >keys
"$ANNOTATE" -k vmlinux --keys keys --size 90x30 log >out 2>err
check "o: what lives in that cache" grep -q 'struct ticket.number (+24) was read' out
check "o: is likely, for nothing else says so" grep -q 'struct ticket +24: number (likely)' out
check "o: with the reasons" grep -q 'new_ticket() allocates it from ticket_cache' out
"$ANNOTATE" -k vmlinux --dump log >out 2>err
check "o: a dump has it, too" grep -q 'struct ticket +24: number (likely)' out
sed -i 's/ticket_cache of size 56/no_such_cache of size 57/; s/56-byte/57-byte/' log
"$ANNOTATE" -k vmlinux --keys keys --size 90x30 log >out 2>err
check "o: or says that there is nothing" grep -q 'nothing is known to live in such' out
"$ANNOTATE" -k vmlinux --dump log >out 2>err
check "o: of which a dump is silent" test -s out -a ! -s err

if [ -n "${VMLINUX:-}" ] && [ -f "${VMLINUX:-}" ]; then
	"$ANNOTATE" -k "$VMLINUX" --what kmalloc-128 +0x58 >out 2>err
	check "the kernel's allocations" test "$(wc -l <out)" -gt 100
	# Of its own: what else runs meanwhile is not asked.
	TIMEFORMAT='%3U %3S'
	took=$({ time "$ANNOTATE" -k "$VMLINUX" --what kmalloc-128 +0x58 >again; } 2>&1 |
		awk '{ print int(($1 + $2) * 1000) }')
	check "are the same the second time" cmp out again
	check "which takes less than 200 ms ($took)" test "$took" -lt 200
	"$ANNOTATE" -k "$VMLINUX" --what filp +8 >out
	check "struct file is in filp" grep -q '^  1 .* struct file +8 .*, certain' out
else
	skip "a kernel" "VMLINUX is not set"
fi
plan
