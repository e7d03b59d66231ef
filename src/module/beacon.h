/*
 * What the beacon formats share: a refusal with its numbers, and the Flags structure in front. Static functions, small
 * enough to be there twice: a program that has one format links nothing of the other.
 */
#ifndef GLINT_MODULE_BEACON_H
#define GLINT_MODULE_BEACON_H

#include <ble/beacon.h>

#include "spec/ad.h"

/* Returns err; max < min: no limits. */
static inline int beacon_refuse(struct ble_fault *fault, int err, const char *subject, int32_t value, int32_t min,
	int32_t max)
{
	if (fault)
		*fault = (struct ble_fault){ .err = err, .subject = subject, .value = value, .min = min, .max = max };
	return err;
}

static inline int beacon_flags_write(struct wr *w, uint8_t flags, struct ble_fault *fault)
{
	if (flags == BLE_BEACON_NO_FLAGS)
		return 0;
	if (flags > 0x1f)
		return beacon_refuse(fault, BLE_ERANGE, "flags", flags, 0, 0x1f);
	if (!flags)
		flags = AD_FLAG_LE_GENERAL_DISCOVERABLE | AD_FLAG_BR_EDR_NOT_SUPPORTED;
	ad_write(w, AD_FLAGS, &flags, 1);
	return 0;
}

/* Sets *flags if the structure is Flags. The reserved bits are nobody's; without a bit it says what none says. */
static inline void beacon_flags_read(const struct ad *ad, uint8_t *flags)
{
	if (ad->type == AD_FLAGS && ad->len && (ad->data[0] & 0x1f))
		*flags = ad->data[0] & 0x1f;
}

#endif
