/* Values as integers, little endian as GATT has them. */
#include "module/module.h"

static int check_size(struct ble *ble, const struct ble_characteristic *ch)
{
	if (ch->size < 1 || ch->size > 8)
		return module_refuse(ble, BLE_EINVAL, "characteristic.size of a number", ch->size, 1, 8);
	return 0;
}

/* How many octets a number takes, 1..8. */
static unsigned octets_of(const uint8_t octets[8])
{
	unsigned n = 8;
	uint8_t beyond = octets[7] == 0xff ? 0xff : 0; /* what a shorter form leaves out, by its sign */
	while (n > 1 && octets[n - 1] == beyond && (!beyond || octets[n - 2] & 0x80))
		n--;
	return n;
}

/* A fault's numbers have 32 bits: where the limits have more, octets say what is too much. */
static int too_much(struct ble *ble, int64_t number, unsigned octets, unsigned size)
{
	if (size > 3)
		return module_refuse(ble, BLE_ERANGE, "number: octets", octets, 1, size);
	int32_t above = 1 << 8 * size;
	return module_refuse(ble, BLE_ERANGE, "number", number, -above / 2, above - 1);
}

int ble_set_number(struct ble *ble, struct ble_characteristic *ch, int64_t number)
{
	int err = check_size(ble, ch);
	if (err)
		return err;
	uint8_t octets[8];
	for (unsigned i = 0; i < 8; i++)
		octets[i] = (uint8_t)((uint64_t)number >> 8 * i);
	unsigned need = octets_of(octets);
	if (need > ch->size)
		return too_much(ble, number, need, ch->size);
	return ble_set_value(ble, ch, octets, ch->size);
}

int ble_get_number(struct ble *ble, const struct ble_characteristic *ch, int64_t *number)
{
	int err = check_size(ble, ch);
	if (err)
		return err;
	uint8_t octets[8];
	int len = ble_get_value(ble, ch, octets, sizeof octets);
	if (len < 0)
		return len;
	uint64_t n = 0;
	for (int i = 0; i < len; i++)
		n |= (uint64_t)octets[i] << 8 * i;
	*number = (int64_t)n;
	return 0;
}
