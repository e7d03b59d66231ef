/* Values as integers, little endian as GATT has them. */
#include "module/module.h"

static int check_size(struct ble *ble, const struct ble_characteristic *ch)
{
	if (ch->size < 1 || ch->size > 8)
		return module_refuse(ble, BLE_EINVAL, "characteristic.size of a number", ch->size, 1, 8);
	return 0;
}

static bool fits(int64_t number, unsigned size)
{
	if (size >= 8)
		return true;
	int64_t above = (int64_t)1 << 8 * size;
	return number < above && number >= -above / 2;
}

/* A fault's numbers have 32 bits: beyond, octets say what is too much. */
static int too_much(struct ble *ble, int64_t number, unsigned size)
{
	if (size < 4) {
		int64_t above = (int64_t)1 << 8 * size;
		return module_refuse(ble, BLE_ERANGE, "number", number, -above / 2, above - 1);
	}
	unsigned need = size;
	while (!fits(number, need))
		need++;
	return module_refuse(ble, BLE_ERANGE, "number: octets", need, 1, size);
}

int ble_set_number(struct ble *ble, struct ble_characteristic *ch, int64_t number)
{
	int err = check_size(ble, ch);
	if (err)
		return err;
	if (!fits(number, ch->size))
		return too_much(ble, number, ch->size);
	uint8_t octets[8];
	for (unsigned i = 0; i < 8; i++)
		octets[i] = (uint8_t)((uint64_t)number >> 8 * i);
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
