/*
 * ASSERT: the promises we made to ourselves.
 *
 * Nothing that a peer, a controller, a file or a program's argument can cause comes here: that is
 * answered and counted. A broken promise stops the machine where it happened; there is no message,
 * because the core has nowhere to write one. Under NDEBUG the expression is checked by the compiler
 * and not evaluated, so that a variable used only in an ASSERT does not become unused.
 */
#ifndef BASE_ENSURE_H
#define BASE_ENSURE_H

#ifdef NDEBUG
#define ASSERT(x) ((void)sizeof((x) ? 1 : 0))
#else
#define ASSERT(x) ((x) ? (void)0 : __builtin_trap())
#endif

#endif
