/*
 * First in, first out, linked through a node inside each element. Push, pop and peek take constant
 * time; taking one out of the middle walks. The elements belong to whoever declared them; one node
 * is in at most one queue. A zeroed struct is an empty queue.
 */
#ifndef BASE_FIFO_H
#define BASE_FIFO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/container.h" /* CONTAINER_OF: from the node to its element */

struct fifo_node {
	struct fifo_node *next;
};

struct fifo {
	struct fifo_node *head, *tail; /* tail means something only while head does */
};

static inline bool fifo_empty(const struct fifo *f)
{
	return !f->head;
}

/* The oldest, still in the queue; NULL if there is none. */
static inline struct fifo_node *fifo_peek(const struct fifo *f)
{
	return f->head;
}

static inline void fifo_push(struct fifo *f, struct fifo_node *n)
{
	n->next = NULL;
	if (f->head)
		f->tail->next = n;
	else
		f->head = n;
	f->tail = n;
}

/* The oldest, no longer in the queue; NULL if there is none. */
static inline struct fifo_node *fifo_pop(struct fifo *f)
{
	struct fifo_node *n = f->head;
	if (n)
		f->head = n->next;
	return n;
}

/* Takes n out, wherever it stands; false if it is not there. */
static inline bool fifo_remove(struct fifo *f, struct fifo_node *n)
{
	struct fifo_node *before = NULL;
	for (struct fifo_node **at = &f->head; *at; before = *at, at = &before->next) {
		if (*at != n)
			continue;
		*at = n->next;
		if (f->tail == n)
			f->tail = before;
		return true;
	}
	return false;
}

#endif
