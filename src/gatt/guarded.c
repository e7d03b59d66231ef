/* Which attributes security has a say in: the rest has to be open, or nothing could be discovered. */
#include "gatt/gatt_db.h"

bool gatt_is_guarded(const struct att_attr *a, bool write)
{
	switch ((enum gatt_part)a->part) {
	case GATT_VALUE:
	case GATT_USER_DESCRIPTION:
	case GATT_FORMAT:
	case GATT_AGGREGATE: return true;
	case GATT_CCCD:
	case GATT_SCCD: return write;
	case GATT_SERVICE:
	case GATT_INCLUDE:
	case GATT_DECLARATION:
	case GATT_EXTENDED: return false;
	}
	return true;
}
