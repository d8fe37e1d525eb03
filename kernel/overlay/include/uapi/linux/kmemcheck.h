/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The binary stream that debugfs/kmemcheck/reports delivers.
 *
 * A stream is a sequence of records. Each record starts with a
 * struct kmemcheck_record and is followed by sections, each of which starts
 * with a struct kmemcheck_section. All numbers are little-endian and all
 * structures start on a multiple of 8 bytes. The first record that a reader
 * gets is always of type KMEMCHECK_RECORD_HEADER.
 *
 * Rules that keep old readers working: a section or record type that a reader
 * does not know is skipped by its size; a section may grow at its end, so a
 * reader takes as many bytes as it knows and ignores the rest; a field is never
 * moved or given another meaning.
 *
 * A reader that has lost its place (damaged file) looks for the next magic
 * number whose record has a sane size and the right checksum.
 */
#ifndef _UAPI_LINUX_KMEMCHECK_H
#define _UAPI_LINUX_KMEMCHECK_H

#include <linux/types.h>

#define KMEMCHECK_MAGIC			0x52434d4bU	/* "KMCR" */
#define KMEMCHECK_VERSION		1
#define KMEMCHECK_ALIGN			8
/* No record is larger than this, whatever the configuration. */
#define KMEMCHECK_RECORD_MAX		65536

/**
 * enum kmemcheck_record_type - what a record tells
 * @KMEMCHECK_RECORD_HEADER: the kernel that writes the stream; first in it
 * @KMEMCHECK_RECORD_REPORT: one error report
 * @KMEMCHECK_RECORD_LOST: reports that did not reach this reader
 */
enum kmemcheck_record_type {
	KMEMCHECK_RECORD_HEADER		= 1,
	KMEMCHECK_RECORD_REPORT		= 2,
	KMEMCHECK_RECORD_LOST		= 3,
};

/**
 * struct kmemcheck_record - head of every record
 * @magic: KMEMCHECK_MAGIC
 * @size: bytes of the whole record, this head included; a multiple of 8, at
 *	most KMEMCHECK_RECORD_MAX
 * @crc: CRC-32 (the one of IEEE 802.3, zlib and gzip) of the whole record with
 *	this field set to 0
 * @type: enum kmemcheck_record_type
 * @version: KMEMCHECK_VERSION; grows only when old readers must refuse
 * @seq: for a report, its number since boot, from 1, in the order of the stream;
 *	reports that were lost have numbers, too, so that a gap is exactly what is
 *	missing; 0 otherwise
 */
struct kmemcheck_record {
	__u32 magic;
	__u32 size;
	__u32 crc;
	__u16 type;
	__u16 version;
	__u64 seq;
};

/**
 * enum kmemcheck_section_type - what a section of a record holds
 * @KMEMCHECK_SECTION_KERNEL: struct kmemcheck_kernel (header)
 * @KMEMCHECK_SECTION_RELEASE: text, as uname -r (header)
 * @KMEMCHECK_SECTION_BANNER: text, as uname -v (header)
 * @KMEMCHECK_SECTION_BUILD_ID: bytes, the build-ID of vmlinux (header)
 * @KMEMCHECK_SECTION_ACCESS: struct kmemcheck_access (report)
 * @KMEMCHECK_SECTION_REGS: struct kmemcheck_regs (report)
 * @KMEMCHECK_SECTION_INSN: struct kmemcheck_bytes: code around the instruction
 * @KMEMCHECK_SECTION_STACK: __u64 each: the return addresses on the stack,
 *	innermost first, neither the instruction pointer nor a terminator
 * @KMEMCHECK_SECTION_MEMORY: struct kmemcheck_bytes: a copy of the memory
 *	around the access
 * @KMEMCHECK_SECTION_SHADOW: struct kmemcheck_bytes: one enum kmemcheck_state
 *	for each byte of the memory section
 * @KMEMCHECK_SECTION_OBJECT: struct kmemcheck_object; absent when unknown
 * @KMEMCHECK_SECTION_ALLOC: struct kmemcheck_track; absent when unknown
 * @KMEMCHECK_SECTION_FREE: struct kmemcheck_track; absent when never freed
 * @KMEMCHECK_SECTION_MODULE: struct kmemcheck_module, one for each module that
 *	an address of this record lies in
 * @KMEMCHECK_SECTION_SYMBOLS: NUL-terminated texts as the kernel prints them
 *	(sym+0x1/0x2 [module]), one after the other: for the instruction
 *	pointer, then for each address of the stack, alloc, free, copy, source
 *	alloc and fill sections in this order; empty where the kernel knows none
 * @KMEMCHECK_SECTION_RUNS: struct kmemcheck_runs; absent when the first run is
 *	all there is
 * @KMEMCHECK_SECTION_SOURCE: struct kmemcheck_source; absent when these bytes
 *	are not known to have been copied to where they were found
 * @KMEMCHECK_SECTION_COPY: struct kmemcheck_track: who made the last copy
 * @KMEMCHECK_SECTION_SOURCE_ALLOC: struct kmemcheck_track: who allocated the
 *	source; absent when unknown
 * @KMEMCHECK_SECTION_FILL: struct kmemcheck_track: who reserved room in a carrier
 *	(an sk_buff's data) first after it had been allocated, in the source if that is
 *	one; absent for others
 * @KMEMCHECK_SECTION_LOST: struct kmemcheck_lost (lost)
 */
enum kmemcheck_section_type {
	KMEMCHECK_SECTION_KERNEL	= 1,
	KMEMCHECK_SECTION_RELEASE	= 2,
	KMEMCHECK_SECTION_BANNER	= 3,
	KMEMCHECK_SECTION_BUILD_ID	= 4,
	KMEMCHECK_SECTION_ACCESS	= 16,
	KMEMCHECK_SECTION_REGS		= 17,
	KMEMCHECK_SECTION_INSN		= 18,
	KMEMCHECK_SECTION_STACK		= 19,
	KMEMCHECK_SECTION_MEMORY	= 20,
	KMEMCHECK_SECTION_SHADOW	= 21,
	KMEMCHECK_SECTION_OBJECT	= 22,
	KMEMCHECK_SECTION_ALLOC		= 23,
	KMEMCHECK_SECTION_FREE		= 24,
	KMEMCHECK_SECTION_MODULE	= 25,
	KMEMCHECK_SECTION_SYMBOLS	= 26,
	KMEMCHECK_SECTION_RUNS		= 27,
	KMEMCHECK_SECTION_SOURCE	= 28,
	KMEMCHECK_SECTION_COPY		= 29,
	KMEMCHECK_SECTION_SOURCE_ALLOC	= 30,
	KMEMCHECK_SECTION_FILL		= 31,
	KMEMCHECK_SECTION_LOST		= 32,
};

/**
 * struct kmemcheck_section - head of every section
 * @type: enum kmemcheck_section_type
 * @reserved: 0
 * @size: bytes that follow this head; the next section starts behind them, at
 *	the next multiple of 8
 */
struct kmemcheck_section {
	__u16 type;
	__u16 reserved;
	__u32 size;
};

/**
 * struct kmemcheck_kernel - the running kernel
 * @machine: ELF machine number (62: x86-64, 3: 32-bit x86)
 * @page_size: in bytes
 * @text_start: run-time address of _stext
 * @text_end: run-time address of _etext
 * @kaslr_offset: run-time address minus link-time address of the kernel image
 * @page_offset: start of the direct map
 * @pool_start: first byte of tracked memory, in the direct map
 * @pool_end: first byte behind it
 * @boot_time: CLOCK_REALTIME at boot in nanoseconds; adding the time of a
 *	report gives its wall-clock time
 */
struct kmemcheck_kernel {
	__u32 machine;
	__u32 page_size;
	__u64 text_start;
	__u64 text_end;
	__u64 kaslr_offset;
	__u64 page_offset;
	__u64 pool_start;
	__u64 pool_end;
	__u64 boot_time;
};

/**
 * enum kmemcheck_state - what is known of one byte of tracked memory
 * @KMEMCHECK_UNALLOCATED: belongs to the slab allocator, not yet handed out
 * @KMEMCHECK_UNINITIALIZED: handed out, never written
 * @KMEMCHECK_INITIALIZED: written
 * @KMEMCHECK_FREED: given back by its owner
 */
enum kmemcheck_state {
	KMEMCHECK_UNALLOCATED		= 0,
	KMEMCHECK_UNINITIALIZED		= 1,
	KMEMCHECK_INITIALIZED		= 2,
	KMEMCHECK_FREED			= 3,
};

/**
 * enum kmemcheck_kind - what was done with the memory
 * @KMEMCHECK_READ: an instruction loaded it
 * @KMEMCHECK_WRITE: an instruction stored to it
 * @KMEMCHECK_INFOLEAK: it was copied to user space or to a device
 */
enum kmemcheck_kind {
	KMEMCHECK_READ			= 1,
	KMEMCHECK_WRITE			= 2,
	KMEMCHECK_INFOLEAK		= 3,
};

/**
 * struct kmemcheck_access - what was caught
 * @time: nanoseconds since boot
 * @address: of the first byte that is reported: that of the operand of a load
 *	or store, that of the first uninitialised byte of a bulk copy
 * @start: of the first byte of the whole access
 * @length: bytes of the whole access (one iteration of a REP instruction, or
 *	the whole of a bulk copy)
 * @taint: the kernel's taint flags
 * @size: bytes reported, from @address on; the N of "N-bit" divided by 8
 * @count: how many such accesses this report stands for, at least 1
 * @cpu: that made it
 * @pid: of the thread
 * @tgid: of the process
 * @kind: enum kmemcheck_kind
 * @state: enum kmemcheck_state of the first of these bytes that is not
 *	initialised
 * @comm: name of the thread, NUL-padded, not always NUL-terminated; hostile
 */
struct kmemcheck_access {
	__u64 time;
	__u64 address;
	__u64 start;
	__u64 length;
	__u64 taint;
	__u32 size;
	__u32 count;
	__u32 cpu;
	__s32 pid;
	__s32 tgid;
	__u16 kind;
	__u16 state;
	char comm[16];
};

/* All registers are valid; without it only rip, rsp, cs and ss are. */
#define KMEMCHECK_REGS_ALL		1

/*
 * struct kmemcheck_regs - the registers before the instruction was executed
 *
 * @mask is KMEMCHECK_REGS_ALL or 0; the rest has the names that the processor
 * manual gives. 32-bit x86 leaves the upper halves 0, and all of what it has not: r8 to
 * r15, gs_base and kernel_gs_base; its fs_base is that of the CPU's own variables.
 */
struct kmemcheck_regs {
	__u64 mask;
	__u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	__u64 rax, rcx, rdx, rsi, rdi;
	__u64 rip, cs, rflags, rsp, ss;
	__u64 ds, es, fs, gs;
	__u64 fs_base, gs_base, kernel_gs_base;
	__u64 cr0, cr2, cr3, cr4;
	__u64 dr0, dr1, dr2, dr3, dr6, dr7;
};

/**
 * struct kmemcheck_bytes - a piece of memory
 * @address: run-time address of the first byte
 * @data: the bytes, up to the section's end
 */
struct kmemcheck_bytes {
	__u64 address;
	__u8 data[];
};

/**
 * struct kmemcheck_object - the allocation that the access hit
 * @start: its address
 * @size: usable bytes of the slab object
 * @requested: bytes the owner asked for, 0 when that is not known
 * @cache: name of the slab cache, NUL-terminated
 */
struct kmemcheck_object {
	__u64 start;
	__u32 size;
	__u32 requested;
	char cache[64];
};

/**
 * struct kmemcheck_track - who allocated or freed an object
 * @time: nanoseconds since boot
 * @pid: of the thread
 * @cpu: that it ran on
 * @entries: its stack, return addresses, innermost first, up to the section's
 *	end
 */
struct kmemcheck_track {
	__u64 time;
	__s32 pid;
	__u32 cpu;
	__u64 entries[];
};

/**
 * struct kmemcheck_run - neighbouring bytes that must not be used
 * @address: of the first one
 * @size: bytes
 * @state: enum kmemcheck_state of all of them
 */
struct kmemcheck_run {
	__u64 address;
	__u32 size;
	__u32 state;
};

/* No report has more of them; what is beyond is left for the next report. */
#define KMEMCHECK_RUNS_MAX		16

/**
 * struct kmemcheck_runs - all that is wrong within one access
 * @count: runs that the access has
 * @bytes: in all of them
 * @runs: the first KMEMCHECK_RUNS_MAX of them, by address, up to the section's end;
 *	the first is where the access section points
 */
struct kmemcheck_runs {
	__u32 count;
	__u32 bytes;
	struct kmemcheck_run runs[];
};

/**
 * struct kmemcheck_source - the object that the reported bytes were copied from
 * @object: that object; the first one where they were copied several times
 * @offset: where the first of them was in it that is not initialised
 * @copy: address that the last copy wrote first
 * @size: bytes of the last copy
 * @hops: how often the bytes were copied, at least 1
 */
struct kmemcheck_source {
	struct kmemcheck_object object;
	__s64 offset;
	__u64 copy;
	__u32 size;
	__u32 hops;
};

/**
 * struct kmemcheck_module - a loaded module
 * @base: address it was loaded at
 * @size: bytes from there
 * @build_id_size: bytes of @build_id that are valid, 0 when it has none
 * @reserved: 0
 * @build_id: its build-ID
 * @name: NUL-terminated
 */
struct kmemcheck_module {
	__u64 base;
	__u64 size;
	__u32 build_id_size;
	__u32 reserved;
	__u8 build_id[24];
	char name[64];
};

/**
 * enum kmemcheck_lost_where - where reports were lost
 * @KMEMCHECK_LOST_QUEUE: the queue between fault and log was full
 *	(CONFIG_KMEMCHECK_QUEUE_SIZE)
 * @KMEMCHECK_LOST_READER: this reader was too slow; newer reports overwrote them
 */
enum kmemcheck_lost_where {
	KMEMCHECK_LOST_QUEUE		= 1,
	KMEMCHECK_LOST_READER		= 2,
};

/**
 * struct kmemcheck_lost - how many reports were lost
 * @count: exact number; the reports whose sequence numbers are missing before
 *	this record are among them
 * @where: enum kmemcheck_lost_where
 * @reserved: 0
 */
struct kmemcheck_lost {
	__u64 count;
	__u32 where;
	__u32 reserved;
};

#endif /* _UAPI_LINUX_KMEMCHECK_H */
