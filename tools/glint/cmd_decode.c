/*
 * glint decode: the packets of one or several traces in one order of time, a line or a JSON object
 * each. What a file has before the place where it is damaged is shown all the same.
 */
#include "decode.h"

#include "spec/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct wishes {
	bool json, all, hex, absolute, has_only;
	unsigned only;
};

struct decoding {
	struct wishes w;
	unsigned count;
	struct trace_file files[MOST_TEXTS];
	struct rec next[MOST_TEXTS];
	bool has[MOST_TEXTS];
	uint64_t begin_us;
	unsigned long shown, left_out, malformed, read;
};

void out_name(struct out *o, const char *layer, const char *name, const char *family, unsigned code)
{
	o->layer = layer;
	o->name.len = 0;
	if (name)
		text_add(&o->name, "%s", name);
	else
		text_add(&o->name, "%s 0x%02X", family, code);
}

/* A member of the object is there as a whole, or not at all. */
static void end_member(struct out *o, size_t before)
{
	if (o->json.len + 1 < o->json.size)
		return;
	o->json.len = before;
	o->json.dst[before] = '\0';
	o->cut = true;
}

void out_number(struct out *o, const char *key, double value)
{
	size_t before = o->json.len;
	if (!say_json)
		return;
	text_add(&o->json, ",\"%s\":%.12g", key, value);
	end_member(o, before);
}

void out_text(struct out *o, const char *key, const char *value)
{
	size_t before = o->json.len;
	if (!say_json)
		return;
	text_add(&o->json, ",\"%s\":\"", key);
	for (; *value; value++)
		text_add(&o->json, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
	text_add(&o->json, "\"");
	end_member(o, before);
}

void out_octets(struct out *o, const char *key, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t before = o->json.len;
	if (!say_json)
		return;
	text_add(&o->json, ",\"%s\":\"", key);
	for (size_t i = 0; i < len; i++)
		text_add(&o->json, "%02x", p[i]);
	text_add(&o->json, "\"");
	end_member(o, before);
}

void out_hex(struct out *o, const void *data, size_t len)
{
	const uint8_t *p = data;
	for (size_t i = 0; i < len; i++)
		text_add(&o->detail, i ? " %02x" : "%02x", p[i]);
}

static void show_time(const struct decoding *d, uint64_t t_us)
{
	time_t seconds = (time_t)(t_us / 1000000);
	struct tm tm;
	char text[40];
	if (!d->w.absolute) {
		uint64_t since = t_us > d->begin_us ? t_us - d->begin_us : 0;
		printf("%6lu.%06lu ", (unsigned long)(since / 1000000),
			(unsigned long)(since % 1000000));
		return;
	}
	gmtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
	printf("%s.%06lu ", text, (unsigned long)(t_us % 1000000));
}

static void show_hex(const struct rec *r)
{
	for (size_t i = 0; i < r->len; i++)
		printf("%s%02x", i % 16 == 0 ? i ? "\n                " : "                " : " ",
			r->data[i]);
	printf(r->len ? "\n" : "");
}

static unsigned layer_colour(const char *layer)
{
	return *layer == 'A' ? 32 : *layer == 'H' ? 36 : *layer == 'L' && layer[1] == '2' ? 33 : 34;
}

static void show_line(const struct decoding *d, const struct trace_file *f, const struct rec *r,
	const struct out *o)
{
	show_time(d, r->t_us);
	if (d->count > 1)
		printf("%-12s ", f->word);
	printf("%c %s%-5s%s %s%s%s", o->arrow, tint(layer_colour(o->layer)), o->layer, plain(),
		o->alarm ? tint(31) : bold(), o->names, plain());
	if (*o->details)
		printf(": %s%s", o->details, o->detail.len + 1 == o->detail.size ? " ..." : "");
	if (*o->tags)
		printf("  [%s]", o->tags);
	if (o->malformed)
		printf("  %s(malformed)%s", tint(31), plain());
	if (r->cut)
		printf("  (the trace has less than was sent)");
	putchar('\n');
	if (d->w.hex)
		show_hex(r);
}

static void show_json(const struct decoding *d, const struct trace_file *f, const struct rec *r,
	const struct out *o)
{
	char layer[8] = "", arrow[] = { o->arrow, 0 };
	for (size_t i = 0; o->layer[i] && i < 7; i++)
		layer[i] =
			(char)(o->layer[i] | (o->layer[i] >= 'A' && o->layer[i] <= 'Z' ? 32 : 0));
	json_begin("packet");
	printf(",\"time\":%lu.%06lu", (unsigned long)(r->t_us / 1000000),
		(unsigned long)(r->t_us % 1000000));
	json_text("file", f->word);
	json_number("number", (long)r->number);
	json_text("layer", layer);
	json_text("direction", arrow);
	json_text("name", o->names);
	json_text("line", o->details);
	fputs(o->jsons, stdout);
	if (o->malformed)
		printf(",\"malformed\":true");
	if (o->cut)
		printf(",\"cut\":true");
	if (d->w.hex)
		json_octets("octets", r->data, r->len);
	json_end();
}

static bool is_wanted(struct decoding *d, const struct out *o)
{
	static const char *const layers[] = { "HCI", "LL", "L2CAP", "ATT", "SMP" };
	if (d->w.only < 5)
		return !strcmp(layers[d->w.only], o->layer) && (d->w.all || !o->quiet);
	if (!o->quiet || d->w.all)
		return true;
	d->left_out++;
	return false;
}

static void show(struct decoding *d, unsigned which)
{
	static struct out o; /* large */
	const struct trace_file *f = &d->files[which];
	const struct rec *r = &d->next[which];
	memset(&o, 0, offsetof(struct out, names)); /* not all of it: it is large */
	*o.names = *o.details = *o.tags = *o.jsons = '\0';
	o.layer = "HCI";
	o.name = (struct text){ o.names, sizeof o.names, 0 };
	o.detail = (struct text){ o.details, sizeof o.details, 0 };
	o.tag = (struct text){ o.tags, sizeof o.tags, 0 };
	o.json = (struct text){ o.jsons, sizeof o.jsons, 0 };
	if (r->air)
		decode_air(&o, f, r);
	else
		decode_hci(&o, f, r);
	d->read++;
	d->malformed += o.malformed;
	if (!is_wanted(d, &o))
		return;
	d->shown++;
	if (say_json)
		show_json(d, f, r, &o);
	else
		show_line(d, f, r, &o);
}

/* The file whose next packet is the earliest; at the same time, the first that was named. */
static int earliest(const struct decoding *d)
{
	int best = -1;
	for (unsigned i = 0; i < d->count; i++)
		if (d->has[i] && (best < 0 || d->next[i].t_us < d->next[best].t_us))
			best = (int)i;
	return best;
}

static int run(struct decoding *d)
{
	bool damaged = false, on_screen = isatty(STDOUT_FILENO);
	progress_end(); /* of reading */
	for (unsigned i = 0; i < d->count; i++)
		keys_learn_from_file(&d->files[i]);
	for (unsigned i = 0; i < d->count; i++)
		d->has[i] = file_next(&d->files[i], &d->next[i]);
	int i = earliest(d);
	d->begin_us = i < 0 ? 0 : d->next[i].t_us;
	for (; (i = earliest(d)) >= 0; d->has[i] = file_next(&d->files[i], &d->next[i])) {
		show(d, (unsigned)i);
		if (!on_screen) /* else what is shown is the progress */
			progress("decoding: %lu packets", d->read);
	}
	progress_end();
	for (unsigned k = 0; k < d->count; k++)
		damaged |= d->files[k].damaged;
	if (!d->read && !damaged)
		say("no packet is in %s", d->count == 1 ? "this file" : "these files");
	if (d->left_out)
		say("(%lu empty or counting packets are left out; --all shows them)", d->left_out);
	if (d->malformed)
		say("(%lu packets are malformed)", d->malformed);
	return damaged ? EXIT_FAILED : EXIT_DONE;
}

int cmd_decode(int argc, char **argv)
{
	static struct decoding d; /* large */
	static struct opt_texts paths, ltks;
	d.w.only = UINT16_MAX;
	const struct opt opts[] = {
		{ "only", OPT_CHOICE, &d.w.only },
		{ "all", OPT_FLAG, &d.w.all },
		{ "hex", OPT_FLAG, &d.w.hex },
		{ "absolute", OPT_FLAG, &d.w.absolute },
		{ "ltk", OPT_TEXTS, &ltks },
		{ "json", OPT_FLAG, &d.w.json },
		{ "", OPT_TEXTS, &paths },
		{ 0 },
	};
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	if (!paths.count) {
		complain("decode",
			"a trace is wanted, btsnoop or pcap; `glint decode --help` shows how");
		return EXIT_USAGE;
	}
	for (unsigned i = 0; i < ltks.count; i++)
		if (!keys_read(ltks.at[i]))
			return EXIT_USAGE;
	say_start(d.w.json);
	status = EXIT_DONE;
	for (d.count = 0; d.count < paths.count && status == EXIT_DONE; d.count++)
		if (!file_open(&d.files[d.count], paths.at[d.count]))
			status = EXIT_FAILED;
	if (status == EXIT_DONE) {
		setvbuf(stdout, NULL, _IOFBF, 65536); /* many lines, and nobody waits for one */
		status = run(&d);
	}
	for (unsigned i = 0; i < d.count; i++)
		file_close(&d.files[i]);
	sessions_free();
	keys_free();
	return status;
}
