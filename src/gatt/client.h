/* Between the client's own files: requests (client.c) and what comes back (client_items.c). */
#ifndef GATT_CLIENT_H
#define GATT_CLIENT_H

#include "gatt/gatt.h"

/* A response, or an Error Response, to the request of the present procedure. Raises one event. */
void gatt_client_response(struct att_bearer *b, const uint8_t *pdu, uint16_t len);
/* The next item of c->list; false: there was none fit to be shown, and the procedure is over. */
bool gatt_client_item(struct gatt_client *c);
/* The procedure ends with err as soon as an event can be raised. */
void gatt_client_end(struct gatt_client *c, int err);

#endif
