/* The sentence for an error; in a file of its own, because a chip without a console does not want its text. */
#include "module/module.h"

const char *ble_fault_explain(const struct ble_fault *fault, int err, char *dst, size_t size)
{
	const struct ble_fault plain = { .err = err, .max = -1 };
	(void)ble_fault_text(fault && err && fault->err == err ? fault : &plain, dst, size);
	return dst;
}

const char *ble_explain(const struct ble *ble, int err, char *dst, size_t size)
{
	return ble_fault_explain(ble ? ble_host_fault(ble->host) : NULL, err, dst, size);
}
