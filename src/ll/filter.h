/*
 * The filter accept list: Vol 6 Part B 4.3.1. The interrupt asks it inside T_IFS; the main part
 * changes it only while nobody uses it, which HCI demands of the host (Vol 4 Part E 7.8.15 to
 * 7.8.17).
 */
#ifndef LL_FILTER_H
#define LL_FILTER_H

#include <stdbool.h>
#include <stdint.h>

enum { LL_FILTER_SIZE = 8 };

/* An address with its type in front: 0 public, 1 random. */
struct ll_addr {
	uint8_t type;
	uint8_t octets[6];
};

struct ll_filter {
	struct ll_addr list[LL_FILTER_SIZE];
	uint8_t count;
};

bool ll_addr_eq(const struct ll_addr *a, bool random, const uint8_t octets[6]);
bool ll_filter_has(const struct ll_filter *f, bool random, const uint8_t octets[6]);
/* False when the list is full. Twice is once. */
bool ll_filter_add(struct ll_filter *f, const struct ll_addr *a);
void ll_filter_remove(struct ll_filter *f, const struct ll_addr *a);

#endif
