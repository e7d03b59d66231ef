/* The heap counter: what our libraries ask of the heap, before and after the start. See heap.c. */
#ifndef TESTS_HEAP_H
#define TESTS_HEAP_H

#include <stdbool.h>

/* Calls of malloc, calloc, realloc and free from src/, sim/, drivers/ and ports/posix while
 * something was being built or taken down: what shows that the counter counts. After the start
 * there are none: the first one aborts. */
unsigned long heap_building_calls(void);
/* True from the first start of a host, or the first time that passed in a world, to the end of the
 * last world. */
bool heap_is_armed(void);

#endif
