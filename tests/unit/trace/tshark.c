#define _POSIX_C_SOURCE 200809L
/* The judge of tshark.h, over popen. Without tshark the tests fail: nothing else looks at the
 * files. */
#include "tshark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_file(void *ctx, const void *data, size_t len)
{
	struct tshark_file *f = ctx;
	assert_int_equal(fwrite(data, 1, len, f->file), len);
}

void tshark_open(struct tshark_file *f)
{
	const char *dir = getenv("TMPDIR");
	snprintf(
		f->path, sizeof f->path, "%s/trace-XXXXXX", dir && strlen(dir) < 40 ? dir : "/tmp");
	int fd = mkstemp(f->path);
	assert_true(fd >= 0);
	f->file = fdopen(fd, "wb");
	assert_non_null(f->file);
	f->out = (struct ble_trace_out){ .ctx = f, .write = write_file };
}

void tshark_read(
	struct tshark_file *f, const char *options, const char *fields, char *dst, size_t size)
{
	char command[1024];
	fflush(f->file);
	snprintf(command, sizeof command, "tshark -n -r %s %s %s%s 2>/dev/null", f->path, options,
		*fields ? "-T fields " : "", fields);
	FILE *p = popen(command, "r");
	assert_non_null(p);
	size_t n = fread(dst, 1, size - 1, p);
	dst[n] = 0;
	int status = pclose(p);
	if (status)
		print_error("tshark (apt-get install tshark) ended with %d: %s\n", status, command);
	assert_int_equal(status, 0);
}

void tshark_judge(struct tshark_file *f)
{
	char said[4096];
	tshark_read(
		f, "-Y '_ws.malformed || _ws.expert.severity >= 6291456'", "", said, sizeof said);
	assert_string_equal(said, "");
}

void tshark_close(struct tshark_file *f)
{
	fclose(f->file);
	unlink(f->path);
}
