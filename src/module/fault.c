/*
 * What was wrong with the last refused call: filled in here as numbers, made a sentence when somebody asks. It is kept
 * where the host keeps its own, so that the later of two refusals is the one that is found. The core has no formatting
 * but ble_fault_text(), which is linked when ble_explain() is.
 */
#include "module/module.h"

#include <string.h>

static int32_t clip(int64_t n)
{
	if (n > INT32_MAX)
		return INT32_MAX;
	return n < INT32_MIN ? INT32_MIN : (int32_t)n;
}

static int refuse(struct ble *ble, const struct ble_fault *fault)
{
	ble_host_refuse(ble->host, fault);
	return fault->err;
}

int module_refuse(struct ble *ble, int err, const char *subject, int64_t value, int64_t min, int64_t max)
{
	return refuse(ble, &(struct ble_fault){ .err = err, .subject = subject, .value = clip(value), .min = clip(min),
			.max = clip(max) });
}

int module_refuse_hint(struct ble *ble, int err, const char *subject, const char *hint)
{
	return refuse(ble, &(struct ble_fault){ .err = err, .subject = subject, .max = -1, .hint = hint });
}

int module_range(struct ble *ble, const char *subject, uint32_t value, uint32_t min, uint32_t max)
{
	if (value < min || value > max)
		return module_refuse(ble, BLE_ERANGE, subject, value, min, max);
	return 0;
}

int module_host_code(struct ble *ble, int err, const char *subject, const char *hint)
{
	return err < 0 ? module_refuse_hint(ble, err, subject, hint) : err;
}

int module_name_check(const char *name, struct ble_fault *fault)
{
	size_t len = strlen(name);
	if (len >= 1 && len <= MODULE_NAME_MAX)
		return 0;
	int err = len ? BLE_ETOOBIG : BLE_EINVAL;
	*fault = (struct ble_fault){
		.err = err, .subject = "name: octets", .value = clip((int64_t)len), .min = 1, .max = MODULE_NAME_MAX
	};
	return err;
}
