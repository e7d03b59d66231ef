/* What the compiler cannot know by itself. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* Stays a function of its own: what is seldom needed, so that what always runs saves fewer registers. */
#define NOINLINE __attribute__((noinline))
/* Belongs to its callers: with a constant argument each has a form of its own. */
#define INLINE inline __attribute__((always_inline))

#endif
