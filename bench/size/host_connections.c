/* host.c with a second connection, and a packet for it to answer with. */
#define MORE_PARTS
#define MORE_MEMORY 728
#define CONNECTIONS 2
#include "host.c"
