/*
 * From an embedded member back to the struct that holds it: a timer's or a queue node's owner.
 */
#ifndef BASE_CONTAINER_H
#define BASE_CONTAINER_H

#include <stddef.h>

/* The struct of this type whose member is *ptr. ptr is not NULL. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
