/* What services.c and service_events.c know of each other. */
#ifndef GLINT_MODULE_SERVICE_EVENTS_H
#define GLINT_MODULE_SERVICE_EVENTS_H

#include "module/module.h"

void module_services_end(struct ble *ble);

#endif
