/*
 * The one-time half of a pool: linking the blocks. See pool.h for the contract; get and put are
 * inline there, because every packet passes through them.
 */
#include "base/pool.h"

void pool_init(struct pool *p, void *mem, uint32_t block, uint16_t count)
{
	ASSERT((uintptr_t)mem % _Alignof(void *) == 0);
	ASSERT(block >= sizeof(void *) && block % _Alignof(void *) == 0);
	*p = (struct pool){ .total = count };
	/* from the last to the first, so that the first get gives the first */
	for (size_t i = count; i-- > 0;)
		pool_put(p, (uint8_t *)mem + i * block);
	p->low_water = count;
}
