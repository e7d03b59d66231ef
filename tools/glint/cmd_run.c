/*
 * glint run: hands a program of the old module's language to the runner, the Python package glint.runner. What is found
 * here is Python, and the package: of the build tree, of the installation, or Python's own. The runner reads the
 * options; here they are only looked at for what is wrong with them at first sight.
 */
#define _GNU_SOURCE
#include "glint.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One sentence instead of a traceback when the packages are not there, or not for this Python. */
static const char launcher[] =
	"import sys\n"
	"try:\n"
	"    from glint import _glint, runner\n"
	"except ImportError as e:\n"
	"    sys.exit('glint run: ' + sys.executable + ' (' + sys.version.split()[0] + ') has no package glint: ' + str(e)\n"
	"             + '; Python 3.11 or later with `pip install .`, or the build tree, is wanted (GLINT_PYTHON)')\n"
	"import runpy\n"
	"runpy.run_module('glint.runner', run_name='__main__', alter_sys=True)\n";

enum { PATH_SIZE = 4096, MOST_WORDS = 4 * MOST_TEXTS + 16 };

struct run_options {
	struct opt_texts pins, symbols, rest;
	struct opt_number seed;
	const char *driver;
	bool shown, virtual_time;
};

/* A path from the folder of this program, if it is there. */
static bool beside(const char *where, char path[PATH_SIZE])
{
	char self[PATH_SIZE - 64];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return false;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	return snprintf(path, PATH_SIZE, "%s/%s", self, where) < PATH_SIZE && !access(path, R_OK);
}

/* Where the package is, in front of what PYTHONPATH has; without one of ours Python looks for it by itself. And where
 * glint-air is, which the driver cannot find beside Python. */
static bool set_paths(void)
{
	char path[PATH_SIZE], whole[2 * PATH_SIZE];
	if (beside("glint-air", path) && setenv("GLINT_AIR", path, 0))
		return false;
	if (setenv("PYTHONSAFEPATH", "1", 1)) /* a queue.py in this folder is the program's, not the runner's */
		return false;
	if (!beside("../python/glint/runner/..", path) && !beside("../lib/glint/python/glint/runner/..", path))
		return true;
	path[strlen(path) - strlen("/glint/runner/..")] = '\0';
	const char *more = getenv("PYTHONPATH");
	snprintf(whole, sizeof whole, "%s%s%s", path, more && *more ? ":" : "", more ? more : "");
	return !setenv("PYTHONPATH", whole, 1);
}

/* In a build with sanitizers the extension has them, too, and their library wants to be in a process before all others.
 * What Python leaves at its end is its own affair. */
static bool preload_sanitizers(void)
{
	Dl_info info;
	void *begin = dlsym(RTLD_DEFAULT, "__asan_init");
	if (!begin || !dladdr(begin, &info) || !strstr(info.dli_fname, "asan.so"))
		return true;
	return !setenv("LD_PRELOAD", info.dli_fname, 0) && !setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
}

static void add(const char **words, unsigned *n, const char *option, const char *value)
{
	words[(*n)++] = option;
	if (value)
		words[(*n)++] = value;
}

static int run_python(const struct run_options *o)
{
	const char *python = getenv("GLINT_PYTHON"), *words[MOST_WORDS] = { NULL };
	char seed[32];
	unsigned n = 0;
	python = python && *python ? python : "python3";
	add(words, &n, python, "-c");
	words[n++] = launcher;
	for (unsigned i = 0; i < o->pins.count; i++)
		add(words, &n, "--pin", o->pins.at[i]);
	for (unsigned i = 0; i < o->symbols.count; i++)
		add(words, &n, "--define", o->symbols.at[i]);
	if (o->shown)
		words[n++] = "--show-pins";
	if (o->virtual_time)
		words[n++] = "--virtual-time";
	snprintf(seed, sizeof seed, "%.0f", o->seed.value);
	if (o->seed.value >= 0)
		add(words, &n, "--seed", seed);
	if (o->driver)
		add(words, &n, "--driver", o->driver);
	add(words, &n, "--", o->rest.at[0]);
	if (!set_paths() || !preload_sanitizers()) {
		complain("run", "out of memory");
		return EXIT_FAILED;
	}
	execvp(python, (char *const *)(uintptr_t)words); /* never written to */
	complain("run", "%s cannot be started: %s; Python 3.11 or later is wanted (apt-get install python3, or GLINT_PYTHON)",
		python, strerror(errno));
	return EXIT_FAILED;
}

int cmd_run(int argc, char **argv)
{
	struct run_options o = { .seed = { .value = -1, .min = 0, .max = 4294967295.0 } };
	const struct opt opts[] = { { "pin", OPT_TEXTS, &o.pins }, { "show-pins", OPT_FLAG, &o.shown },
		{ "define", OPT_TEXTS, &o.symbols }, { "virtual-time", OPT_FLAG, &o.virtual_time },
		{ "seed", OPT_NUMBER, &o.seed }, { "driver", OPT_TEXT, &o.driver }, { "", OPT_TEXTS, &o.rest }, { 0 } };
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	if (o.rest.count == 1)
		return run_python(&o);
	if (o.rest.count)
		complain("run", "%s: one program is run at a time", o.rest.at[1]);
	else
		complain("run", "no program is named; `glint run --help` shows how");
	return EXIT_USAGE;
}
