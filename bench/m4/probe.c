/* Runs what an image of bench/size says about itself: the octets of memory that it needs. */
#include <stdio.h>

size_t memory_needed(void);

int main(void)
{
	printf("%u\n", (unsigned)memory_needed());
	return 0;
}
