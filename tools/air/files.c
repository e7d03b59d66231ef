/* Trace files: a format of trace.h on a file, written out before each sleep, so that a reader can
 * follow it live. */
#include "air.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_file(void *ctx, const void *data, size_t len)
{
	struct trace_file *t = ctx;
	fwrite(data, 1, len, t->file);
	t->dirty = true;
}

static bool refuse(const char *path)
{
	fprintf(stderr, "glint-air: %s cannot be written: %s\n", path, strerror(errno));
	return false;
}

bool trace_folder_check(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return refuse(path);
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return refuse(path);
	}
	return access(path, W_OK | X_OK) == 0 || refuse(path);
}

bool trace_file_open(struct trace_file *t, const char *path,
	struct ble_trace (*format)(const struct ble_trace_out *))
{
	t->file = fopen(path, "wb");
	if (!t->file)
		return refuse(path);
	t->out = (struct ble_trace_out){ .ctx = t, .write = write_file };
	t->sink = format(&t->out);
	return true;
}

void trace_file_flush(struct trace_file *t)
{
	if (t->file && t->dirty)
		fflush(t->file);
	t->dirty = false;
}

void trace_file_close(struct trace_file *t)
{
	if (t->file)
		fclose(t->file);
	t->file = NULL;
}
