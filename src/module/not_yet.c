/*
 * Verbs whose feature this version lacks. They are here so that a program learns from one sentence what is missing,
 * instead of from a linker.
 */
#include "module/module.h"

static int not_yet(struct ble *ble, const char *verb, const char *sentence)
{
	return module_refuse_hint(ble, BLE_ENOTSUP, verb, sentence);
}

int ble_privacy(struct ble *ble, bool on, uint32_t rotate_ms)
{
	(void)on;
	(void)rotate_ms;
	return not_yet(ble, "privacy", "private addresses of our own, which the keys of a pairing resolve, are not in this version");
}
