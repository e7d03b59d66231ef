/*
 * Verbs whose feature this version lacks. They are here so that a program learns from one sentence what is missing,
 * instead of from a linker.
 */
#include "module/module.h"

static int not_yet(struct ble *ble, const char *verb, const char *sentence)
{
	return module_refuse_hint(ble, BLE_ENOTSUP, verb, sentence);
}

int ble_security(struct ble *ble, const struct ble_security_params *params)
{
	(void)params;
	return not_yet(ble, "security", "security parameters need pairing, which this version lacks");
}

int ble_bonded(struct ble *ble, struct ble_addr *out, size_t cap)
{
	(void)out;
	(void)cap;
	return not_yet(ble, "bonded", "bonds need pairing, which this version lacks");
}

int ble_remove_bonded(struct ble *ble, const struct ble_addr *addr)
{
	(void)addr;
	return not_yet(ble, "remove_bonded", "bonds need pairing, which this version lacks");
}

int ble_confirm_passkey(struct ble *ble, ble_conn_id peer, bool confirmed)
{
	(void)peer;
	(void)confirmed;
	return not_yet(ble, "confirm_passkey", "passkeys need pairing, which this version lacks");
}

int ble_enter_passkey(struct ble *ble, ble_conn_id peer, uint32_t passkey)
{
	(void)peer;
	(void)passkey;
	return not_yet(ble, "enter_passkey", "passkeys need pairing, which this version lacks");
}

int ble_privacy(struct ble *ble, bool on, uint32_t rotate_ms)
{
	(void)on;
	(void)rotate_ms;
	return not_yet(ble, "privacy", "private addresses that peers can resolve need pairing, which this version lacks");
}
