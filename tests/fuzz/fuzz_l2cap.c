/* L2CAP: the data of ACL packets of one peer. The top bit of a packet's first octet makes it a continuation. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	const uint8_t *packet;
	size_t len;
	fuzz_up();
	for (fuzz_settle(); fuzz_next(&r, &packet, &len); fuzz_settle())
		if (len)
			fake_acl(&f, ATTACKER, packet[0] & 0x80 ? CONT : FIRST, packet + 1, len - 1);
	fuzz_serves();
	fuzz_end();
	return 0;
}
