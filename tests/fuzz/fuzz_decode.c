/* Trace files: what glint decode reads of them, and how it reads their packets. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/glint/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_packets(struct trace_file *f)
{
	static struct out o;
	for (struct rec r; file_next(f, &r);) {
		memset(&o, 0, offsetof(struct out, names));
		o.name = (struct text){ o.names, sizeof o.names, 0 };
		o.detail = (struct text){ o.details, sizeof o.details, 0 };
		o.tag = (struct text){ o.tags, sizeof o.tags, 0 };
		o.json = (struct text){ o.jsons, sizeof o.jsons, 0 };
		if (r.air)
			decode_air(&o, f, &r);
		else
			decode_hci(&o, f, &r);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_file f;
	char path[40];
	int fd = memfd_create("trace", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (file_open(&f, path)) {
		keys_learn_from_file(&f);
		read_packets(&f);
	}
	file_close(&f);
	sessions_free();
	keys_free();
	close(fd);
	return 0;
}
