/* Where libedit is not: lines are read as the terminal itself gives them. */
#include "monitor.h"

bool prompt_open(struct monitor *m)
{
	(void)m;
	return false;
}

void prompt_close(void)
{
}

void prompt_read(struct monitor *m)
{
	(void)m;
}

void prompt_show(void)
{
}
