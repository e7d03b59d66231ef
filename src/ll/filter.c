/*
 * The filter accept list: see filter.h. Eight entries are found faster by walking than by anything
 * else.
 */
#include "ll/filter.h"

#include <string.h>

bool ll_addr_eq(const struct ll_addr *a, bool random, const uint8_t octets[6])
{
	return a->type == random && !memcmp(a->octets, octets, 6);
}

static uint8_t find(const struct ll_filter *f, bool random, const uint8_t octets[6])
{
	uint8_t i = 0;
	while (i < f->count && !ll_addr_eq(&f->list[i], random, octets))
		i++;
	return i;
}

bool ll_filter_has(const struct ll_filter *f, bool random, const uint8_t octets[6])
{
	return find(f, random, octets) < f->count;
}

bool ll_filter_add(struct ll_filter *f, const struct ll_addr *a)
{
	if (ll_filter_has(f, a->type, a->octets))
		return true;
	if (f->count == LL_FILTER_SIZE)
		return false;
	f->list[f->count++] = *a;
	return true;
}

void ll_filter_remove(struct ll_filter *f, const struct ll_addr *a)
{
	uint8_t i = find(f, a->type, a->octets);
	if (i < f->count)
		f->list[i] = f->list[--f->count];
}
