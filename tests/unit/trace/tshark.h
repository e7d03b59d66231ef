/*
 * tshark as an outside judge of our trace files: writes what a sink makes to a file in the build's
 * working place and reads back the fields that tshark sees, one line a packet, tabs between.
 */
#ifndef TESTS_UNIT_TRACE_TSHARK_H
#define TESTS_UNIT_TRACE_TSHARK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ble/trace.h>

struct tshark_file {
	struct ble_trace_out out;
	void *file;
	char path[64];
};

/* A new file; f->out writes to it. */
void tshark_open(struct tshark_file *f);
/* Reads it: each of `fields` is "-e name"; options may name preferences and filters. Up to
 * size-1 octets. */
void tshark_read(
	struct tshark_file *f, const char *options, const char *fields, char *dst, size_t size);
/* Nothing malformed and no expert item of severity warning or worse. */
void tshark_judge(struct tshark_file *f);
void tshark_close(struct tshark_file *f);

#endif
