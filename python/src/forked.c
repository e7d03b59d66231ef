/*
 * A forked child has the memory of its parent's devices and worlds, but neither their threads nor, for certain, their
 * locks. What was made before the fork is the parent's: the child is refused, and leaves it alone to its end.
 */
#include "ext.h"

unsigned forks;

static void in_child(void)
{
	forks++;
}

__attribute__((constructor)) static void watch(void)
{
	(void)pthread_atfork(NULL, NULL, in_child);
}
