/*
 * Name, appearance and preferred connection parameters: Vol 3 Part C 12. They are the GAP service's contents, so the
 * server comes with this verb; a broadcaster that only wants a name gives it in the options.
 */
#include "module/module.h"
#include "module/prefer.h"

static uint32_t or_default(uint32_t asked, uint32_t fallback)
{
	return asked ? asked : fallback;
}

enum { INTERVAL_UNIT_US = 1250 };

static uint16_t interval_units(uint32_t us)
{
	return (uint16_t)((us + INTERVAL_UNIT_US - 1) / INTERVAL_UNIT_US);
}

static int check_security(struct ble *ble, const struct ble_gap_params *p)
{
	if (p->security_mode > 2)
		return module_refuse(ble, BLE_ERANGE, "security_mode", p->security_mode, 1, 2);
	return module_range(ble, "security_level", p->security_level ? p->security_level : 1, 1, p->security_mode == 2 ? 2 : 4);
}

static uint8_t level_of(const struct ble_gap_params *p)
{
	uint8_t level = p->security_level ? p->security_level : 1;
	return p->security_mode == 2 ? (uint8_t)(BLE_LEVEL_SIGNED - 1 + level) : level;
}

/* While it runs the level is asked for at once, and what it was is left if it cannot be; else at the start. */
static int set_level(struct ble *ble, uint8_t level)
{
	uint8_t was = ble->security_level;
	ble->security_level = level;
	int err = ble->started ? module_secure(ble) : 0;
	if (err)
		ble->security_level = was;
	return err;
}

enum { SUPERVISION_MAX_MS = 32000 };

/* Vol 4 Part E 7.8.18 has the ranges. The time-out outlasts the silence that latency allows on the interval as it will
 * be, in steps of 1.25 ms; latency is to blame when no time-out does. */
static int check_params(struct ble *ble, uint32_t min_us, uint32_t max_us, uint16_t latency, uint32_t supervision_ms)
{
	int err = module_range(ble, "interval_max_us", max_us, 7500, 4000000);
	if (!err)
		err = module_range(ble, "interval_min_us", min_us, 7500, max_us);
	if (!err)
		err = module_range(ble, "latency", latency, 0, 499);
	if (err)
		return err;
	uint32_t twice_us = 2 * INTERVAL_UNIT_US * interval_units(max_us);
	uint32_t events = (SUPERVISION_MAX_MS * 1000u - 1) / twice_us;
	if (latency + 1u > events)
		return module_refuse(ble, BLE_ERANGE, "latency", latency, 0, events - 1);
	uint32_t silence_ms = (1u + latency) * twice_us / 1000;
	return module_range(ble, "supervision_ms", supervision_ms, silence_ms < 100 ? 100 : silence_ms + 1,
		SUPERVISION_MAX_MS);
}

int ble_gap(struct ble *ble, const struct ble_gap_params *p)
{
	uint32_t min_us = or_default(p->interval_min_us, p->interval_max_us && p->interval_max_us < 400000
			? p->interval_max_us
			: 400000);
	uint32_t max_us = or_default(p->interval_max_us, min_us > 650000 ? min_us : 650000);
	uint32_t supervision_ms = or_default(p->supervision_ms, 4000);
	struct ble_fault fault;
	if (p->name && module_name_check(p->name, &fault)) {
		ble_host_refuse(ble->host, &fault);
		return fault.err;
	}
	int err = check_security(ble, p);
	if (!err)
		err = check_params(ble, min_us, max_us, p->latency, supervision_ms);
	if (!err)
		err = module_use_server(ble);
	if (!err)
		err = module_use(ble, FAMILY_GAP, &module_prefer_family, NULL);
	if (!err)
		err = set_level(ble, level_of(p));
	if (err)
		return err;
	struct ble_gap_info info = {
		.name = p->name ? p->name : ble->name,
		.appearance = p->appearance,
		.ppcp = { interval_units(min_us), interval_units(max_us), p->latency,
			(uint16_t)((supervision_ms + 9) / 10) },
	};
	err = ble_server_gap(ble->host, &info);
	if (err)
		return err;
	ble->name = info.name;
	ble->appearance = info.appearance;
	for (unsigned i = 0; i < 4; i++)
		ble->ppcp[i] = info.ppcp[i];
	module_changed(ble);
	return 0;
}
