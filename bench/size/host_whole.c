/* host.c with what its program does not need: indications, every descriptor, recovery, flow control by the host. */
#define SERVER ble_bare_server
#define START ble_host_start
#include "host.c"
