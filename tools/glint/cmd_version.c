/* glint version */
#include "glint.h"

#include <stdio.h>

int cmd_version(int argc, char **argv)
{
	static const struct opt none[] = { { 0 } };
	int status;
	if (!opts_read(argc, argv, none, &status))
		return status;
	puts("glint " GLINT_VERSION);
	return EXIT_DONE;
}
