/*
 * Eddystone: the frame is service data of UUID 0xFEAA, behind a list with that UUID by which phones filter.
 *
 *	02 01 06 | 03 03 AA FE | nn 16 AA FE | frame: type, then
 *	                                       UID 00: power, namespace (10), instance (6), reserved (2)
 *	                                       URL 10: power, scheme, up to 17 octets
 *	                                       TLM 20: version, battery (2), temperature (2), packets (4), uptime (4)
 *
 * The frame's own numbers are big endian. URL: octets below 14 stand for the end of a domain name, the first seven with
 * a slash behind; all of these begin with a dot and have no other, so that at each dot the longest match is the best.
 */
#include "module/beacon.h"

#include <string.h>

enum { POWER_MIN = -100, POWER_MAX = 20, TYPE_MASK = 0xf0 };
enum { UID_OLD_OCTETS = 17, UID_RESERVED = 2, TLM_VERSION = 0 };
enum { DOMAINS = 7, EXPANSIONS = 2 * DOMAINS, SCHEMES = 4 };

static const char schemes[SCHEMES][13] = { "http://www.", "https://www.", "http://", "https://" };
static const char domains[DOMAINS][5] = { "com", "org", "edu", "net", "info", "biz", "gov" };

/* ---- around the frame ---- */

/* All up to the frame, whose length is only known when it is written: end() sets it. */
static int begin(struct wr *w, uint8_t packet[BLE_BEACON_SIZE], uint8_t flags, uint8_t type, struct ble_fault *fault)
{
	*w = wr_of(packet, BLE_BEACON_SIZE);
	int err = beacon_flags_write(w, flags, fault);
	if (err)
		return err;
	wr_u8(w, 3);
	wr_u8(w, AD_UUIDS16_COMPLETE);
	wr_le16(w, BLE_EDDYSTONE_UUID);
	wr_u8(w, 0);
	wr_u8(w, AD_SERVICE_DATA_UUID16);
	wr_le16(w, BLE_EDDYSTONE_UUID);
	wr_u8(w, type);
	return 0;
}

static int end(const struct wr *w, uint8_t flags)
{
	size_t at = flags == BLE_BEACON_NO_FLAGS ? 4 : 7;
	w->p[at] = (uint8_t)(w->len - at - 1);
	return (int)w->len;
}

static int power_check(int8_t power_dbm, struct ble_fault *fault)
{
	if (power_dbm < POWER_MIN || power_dbm > POWER_MAX)
		return beacon_refuse(fault, BLE_ERANGE, "power_dbm", power_dbm, POWER_MIN, POWER_MAX);
	return 0;
}

static bool is_frame(const struct ad *ad)
{
	return ad->type == AD_SERVICE_DATA_UUID16 && ad->len >= 2 && le16_get(ad->data) == BLE_EDDYSTONE_UUID;
}

/* A reader of the first frame, behind its type, which is returned; or an error. */
static int find(const void *data, size_t len, struct rd *frame, uint8_t *flags)
{
	struct rd r = rd_of(data, len);
	struct ad ad;
	bool found = false;
	*flags = BLE_BEACON_NO_FLAGS;
	while (ad_next(&r, &ad)) {
		beacon_flags_read(&ad, flags);
		if (!found && is_frame(&ad)) {
			*frame = rd_of(ad.data + 2, ad.len - 2u);
			found = true;
		}
	}
	if (!rd_ok(&r))
		return BLE_EBADPDU;
	if (!found)
		return BLE_ENOENT;
	uint8_t type = rd_u8(frame);
	return rd_ok(frame) && (type & ~TYPE_MASK) == 0 ? type : BLE_EBADPDU;
}

/* 0: it is of that type. */
static int find_type(const void *data, size_t len, uint8_t type, struct rd *frame, uint8_t *flags)
{
	int found = find(data, len, frame, flags);
	if (found < 0)
		return found;
	return found == type ? 0 : BLE_ENOENT;
}

int ble_eddystone_type(const void *data, size_t len)
{
	struct rd frame;
	uint8_t flags;
	return find(data, len, &frame, &flags);
}

/* ---- UID ---- */

int ble_eddystone_uid_encode(const struct ble_eddystone_uid *uid, uint8_t packet[BLE_BEACON_SIZE],
	struct ble_fault *fault)
{
	struct wr w;
	int err = power_check(uid->power_dbm, fault);
	if (!err)
		err = begin(&w, packet, uid->flags, BLE_EDDYSTONE_UID, fault);
	if (err)
		return err;
	wr_i8(&w, uid->power_dbm);
	wr_put(&w, uid->name_space, sizeof uid->name_space);
	wr_put(&w, uid->instance, sizeof uid->instance);
	wr_zero(&w, UID_RESERVED);
	return end(&w, uid->flags);
}

int ble_eddystone_uid_decode(const void *data, size_t len, struct ble_eddystone_uid *out)
{
	struct rd r;
	int err = find_type(data, len, BLE_EDDYSTONE_UID, &r, &out->flags);
	if (err)
		return err;
	bool old = r.left == UID_OLD_OCTETS;
	out->power_dbm = rd_i8(&r);
	rd_copy(&r, out->name_space, sizeof out->name_space);
	rd_copy(&r, out->instance, sizeof out->instance);
	if (!old)
		rd_skip(&r, UID_RESERVED);
	return rd_done(&r) ? 0 : BLE_EBADPDU;
}

/* ---- URL ---- */

/* How much of the text `prefix` is; 0: it begins with something else. */
static size_t begins(const char *text, const char *prefix)
{
	size_t n = 0;
	for (; prefix[n]; n++)
		if (text[n] != prefix[n])
			return 0;
	return n;
}

/* The longest scheme that it begins with; SCHEMES: none. The table has the longer ones first. */
static uint8_t scheme_of(const char *url)
{
	uint8_t i = 0;
	while (i < SCHEMES && !begins(url, schemes[i]))
		i++;
	return i;
}

/* The octet for what begins at `at`, and in *len how much that is. */
static uint8_t compress(const char *at, size_t *len)
{
	*len = 1;
	for (uint8_t i = 0; *at == '.' && i < DOMAINS; i++) {
		size_t n = begins(at + 1, domains[i]);
		if (!n)
			continue;
		bool slash = at[1 + n] == '/';
		*len = 1 + n + slash;
		return slash ? i : (uint8_t)(i + DOMAINS);
	}
	return (uint8_t)*at;
}

static bool is_graphic(uint8_t octet)
{
	return octet >= 0x21 && octet <= 0x7e;
}

/* Writes what fits and counts the rest, so that a refusal can say how long it is. */
static int url_write(struct wr *w, const char *url, struct ble_fault *fault)
{
	int32_t count = 0;
	for (size_t len; *url; url += len, count += count < INT32_MAX) {
		if (!is_graphic((uint8_t)*url))
			return beacon_refuse(fault, BLE_EINVAL, "url: octet", (uint8_t)*url, 0x21, 0x7e);
		uint8_t octet = compress(url, &len);
		if (count < BLE_EDDYSTONE_URL_MAX)
			wr_u8(w, octet);
	}
	if (count > BLE_EDDYSTONE_URL_MAX)
		return beacon_refuse(fault, BLE_ETOOBIG, "url: octets behind the scheme", count, 0,
			BLE_EDDYSTONE_URL_MAX);
	return 0;
}

static int no_scheme(const char *url, struct ble_fault *fault)
{
	(void)beacon_refuse(fault, BLE_EINVAL, "url", 0, 0, -1);
	if (fault) {
		fault->text = url;
		fault->hint = url ? "it begins with neither http:// nor https://" : "it is NULL";
	}
	return BLE_EINVAL;
}

int ble_eddystone_url_encode(const struct ble_eddystone_url *url, uint8_t packet[BLE_BEACON_SIZE],
	struct ble_fault *fault)
{
	struct wr w;
	uint8_t scheme = url->url ? scheme_of(url->url) : SCHEMES;
	if (scheme == SCHEMES)
		return no_scheme(url->url, fault);
	int err = power_check(url->power_dbm, fault);
	if (!err)
		err = begin(&w, packet, url->flags, BLE_EDDYSTONE_URL, fault);
	if (err)
		return err;
	wr_i8(&w, url->power_dbm);
	wr_u8(&w, scheme);
	err = url_write(&w, url->url + strlen(schemes[scheme]), fault);
	return err ? err : end(&w, url->flags);
}

/* Without the 0; returns the end. There is room for the longest of all: BLE_EDDYSTONE_URL_SIZE. */
static char *append(char *at, const char *text)
{
	size_t n = strlen(text);
	memcpy(at, text, n);
	return at + n;
}

/* The text behind the scheme; NULL: an octet is reserved. */
static char *expand(char *at, struct rd *r)
{
	while (r->left) {
		uint8_t octet = rd_u8(r);
		if (octet < EXPANSIONS) {
			*at++ = '.';
			at = append(at, domains[octet % DOMAINS]);
			if (octet < DOMAINS)
				*at++ = '/';
		} else if (is_graphic(octet)) {
			*at++ = (char)octet;
		} else {
			return NULL;
		}
	}
	return at;
}

int ble_eddystone_url_decode(const void *data, size_t len, char text[BLE_EDDYSTONE_URL_SIZE],
	struct ble_eddystone_url *out)
{
	struct rd r;
	int err = find_type(data, len, BLE_EDDYSTONE_URL, &r, &out->flags);
	if (err)
		return err;
	out->power_dbm = rd_i8(&r);
	uint8_t scheme = rd_u8(&r);
	if (!rd_ok(&r) || scheme >= SCHEMES || r.left > BLE_EDDYSTONE_URL_MAX)
		return BLE_EBADPDU;
	char *at = expand(append(text, schemes[scheme]), &r);
	if (!at)
		return BLE_EBADPDU;
	*at = '\0';
	out->url = text;
	return 0;
}

/* ---- TLM ---- */

int ble_eddystone_tlm_encode(const struct ble_eddystone_tlm *tlm, uint8_t packet[BLE_BEACON_SIZE],
	struct ble_fault *fault)
{
	struct wr w;
	int err = begin(&w, packet, tlm->flags, BLE_EDDYSTONE_TLM, fault);
	if (err)
		return err;
	wr_u8(&w, TLM_VERSION);
	wr_be16(&w, tlm->battery_mv);
	wr_be16(&w, (uint16_t)tlm->temperature_c256);
	wr_be32(&w, tlm->adv_count);
	wr_be32(&w, tlm->uptime_100ms);
	return end(&w, tlm->flags);
}

int ble_eddystone_tlm_decode(const void *data, size_t len, struct ble_eddystone_tlm *out)
{
	struct rd r;
	int err = find_type(data, len, BLE_EDDYSTONE_TLM, &r, &out->flags);
	if (err)
		return err;
	uint8_t version = rd_u8(&r);
	if (!rd_ok(&r))
		return BLE_EBADPDU;
	if (version != TLM_VERSION)
		return BLE_ENOTSUP;
	out->battery_mv = rd_be16(&r);
	out->temperature_c256 = (int16_t)rd_be16(&r);
	out->adv_count = rd_be32(&r);
	out->uptime_100ms = rd_be32(&r);
	return rd_done(&r) ? 0 : BLE_EBADPDU;
}
