/* host.c and an observer. */
#define OBSERVER
#define MORE_PARTS &ble_observer,
#define MORE_MEMORY 96
#define CONNECTIONS 1
#include "host.c"
