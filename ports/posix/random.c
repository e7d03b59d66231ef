/* Cryptographic randomness from the kernel. Asked once at the start, because the core has no way to
 * be refused it. */
#define _GNU_SOURCE
#include "port.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static int fill(uint8_t *dst, size_t len)
{
	while (len) {
		ssize_t n = getrandom(dst, len, 0);
		if (n < 0 && errno != EINTR)
			return BLE_EIO;
		if (n > 0) {
			dst += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int posix_random_check(void)
{
	uint8_t octet;
	return fill(&octet, 1);
}

void posix_random(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	if (fill(dst, len) < 0)
		abort(); /* it worked when we started; keys of zeroes would be worse than an end */
}
