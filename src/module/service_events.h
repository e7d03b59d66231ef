/* What services.c and service_events.c know of each other. */
#ifndef GLINT_MODULE_SERVICE_EVENTS_H
#define GLINT_MODULE_SERVICE_EVENTS_H

#include "module/module.h"

bool module_services_event(struct ble *ble, const struct ble_event *ev);
void module_services_end(struct ble *ble);

#endif
