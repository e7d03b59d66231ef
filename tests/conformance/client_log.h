/*
 * The program of the client cases: it connects to the lower tester, and what the client tells it becomes lines of text,
 * so that a case can say in one place what must have come, in what order:
 *
 *	service 0001-0007 1800          characteristic 0002 value 0003 properties 0A uuid 2A00
 *	descriptor 0004 2902            value 0003+0 01 02
 *	notified 0003 05                indicated 0003 05
 *	done ok | done att 0A handle 0003 | done -11
 */
#ifndef TESTS_CONFORMANCE_CLIENT_LOG_H
#define TESTS_CONFORMANCE_CLIENT_LOG_H

#include "kit.h"

/* A host as central, connected; nothing logged yet. */
void client_connected(struct kit *k);
/* What has been logged since the last time is exactly this: lines, each ended by "\n". Runs the world until it has as
 * many octets, five seconds at most. */
void client_logged(struct kit *k, const char *lines, const char *file, int line);
#define LOGGED(k, lines) client_logged(k, lines, __FILE__, __LINE__)
/* A verb of client.h has begun. */
#define BEGUN(k, err) (assert_int_equal(err, 0), kit_wake(k))

#endif
