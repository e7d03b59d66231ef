/* The sentence for the last refusal; in a file of its own, because a chip without a console does not want its text. */
#include "module/module.h"

size_t ble_explain(const struct ble *ble, char *dst, size_t size)
{
	if (size)
		dst[0] = 0;
	return ble->fault.err ? ble_fault_text(&ble->fault, dst, size) : 0;
}
