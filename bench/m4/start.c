/*
 * The little that a program needs on the bench's Cortex-M4, QEMU's mps2-an386: a vector table, and main() called with the
 * words of the command line. The image is loaded where it runs, so nothing is copied; printing and leaving are newlib's
 * semihosting.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern uint32_t stack_top[], bss_start[], bss_end[];
extern void initialise_monitor_handles(void);
extern int main(int argc, char **argv);

enum { SYS_GET_CMDLINE = 0x15, ARGS_MAX = 4 };

static int semihost(int operation, void *block)
{
	register int r0 __asm__("r0") = operation;
	register void *r1 __asm__("r1") = block;
	__asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

void reset(void);
void reset(void)
{
	static char line[128];
	static char *argv[ARGS_MAX + 1];
	int argc = 0;
	memset(bss_start, 0, (size_t)((char *)bss_end - (char *)bss_start));
	initialise_monitor_handles();
	struct {
		char *at;
		uint32_t size;
	} command = { line, sizeof line };
	if (semihost(SYS_GET_CMDLINE, &command) == 0)
		for (char *word = strtok(line, " "); word && argc < ARGS_MAX; word = strtok(NULL, " "))
			argv[argc++] = word;
	exit(main(argc, argv));
}

static void fault(void)
{
	_Exit(3);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
	stack_top, (const void *)reset, (const void *)fault, (const void *)fault, (const void *)fault, (const void *)fault,
	(const void *)fault,
};
