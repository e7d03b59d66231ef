/*
 * examples/c/two_devices.c: one seed tells one story, microsecond by microsecond; another seed the same at other times.
 * The last value is set as the device leaves, so it is not heard, and the supervision time-out of 4 s (conn.h's default)
 * runs from the last packet before. All takes a fraction of the minute that it is about.
 */
#include "example_kit.h"

#define main example_main
#include "examples/c/two_devices.c"
#undef main

static char *arguments[] = { "two_devices", NULL, NULL };

static int program(void)
{
	return example_main(arguments[1] ? 2 : 1, arguments);
}

static void tell(char *seed, struct kit_output *o)
{
	arguments[1] = seed;
	memset(o, 0, sizeof *o);
	kit_main(program, &(struct port_world){ 0 }, o);
	assert_int_equal(o->status, 0);
	assert_string_equal(o->err, "");
}

/* The next line's time; what follows it must be `text`. */
static double line(const char **at, const char *text)
{
	char *rest;
	double s = strtod(*at, &rest);
	size_t len = strlen(text);
	if (strncmp(rest, text, len) != 0)
		fail_msg("not \"%s\" but \"%.40s\"", text, rest);
	*at = rest + len;
	return s;
}

static void is_the_story(const struct kit_output *o)
{
	const char *at = o->out;
	char text[32];
	double connected = line(&at, " connected\n");
	assert_true(connected > 0 && connected < 1);
	for (int i = 1; i < 10; i++) {
		snprintf(text, sizeof text, " heard %d\n", i);
		double s = line(&at, text);
		assert_true(s > i && s < i + 1);
	}
	double end = line(&at, " disconnected: 0x08\n");
	assert_true(end > 10 + 4 - 0.5 && end < 10 + 4 + 0.05);
	assert_string_equal(at, "");
}

static void test_two_devices(void **state)
{
	(void)state;
	static struct kit_output once, again, other;
	tell(NULL, &once);
	is_the_story(&once);
	tell("1", &again);
	assert_string_equal(again.out, once.out);
	tell("7", &other);
	is_the_story(&other);
	assert_string_not_equal(other.out, once.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_two_devices) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
