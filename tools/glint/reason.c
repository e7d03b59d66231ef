/* Reasons and errors in words: what a code means to somebody who wants to know what happened. */
#include "glint.h"

#include "spec/names.h"

#include <stdio.h>

/* Codes whose assigned name leaves something to say (Vol 1 Part F 2). */
static const char *in_words(uint8_t reason)
{
	switch (reason) {
	case 0x08: return "supervision time-out";
	case 0x13: return "the other device ended the connection";
	case 0x14: return "the other device ended the connection: it is short of resources";
	case 0x15: return "the other device ended the connection: it is being switched off";
	case 0x16: return "ended from this side";
	case 0x22: return "the other link layer did not answer within its 40 s";
	case 0x28: return "the other device asked for a change whose moment had passed";
	case 0x3B: return "the connection parameters were not acceptable";
	case 0x3D: return "an encrypted packet was not authentic (MIC failure)";
	case 0x3E: return "the device never answered";
	default: return hci_err_name(reason);
	}
}

const char *reason_text(
	char dst[REASON_TEXT], uint8_t reason, uint32_t supervision_ms, int rssi_dbm)
{
	const char *words = in_words(reason);
	int n = snprintf(dst, REASON_TEXT, "%s (0x%02X)", words ? words : "unknown reason", reason);
	if (reason != 0x08)
		return dst;
	if (supervision_ms)
		n += snprintf(dst + n, (size_t)(REASON_TEXT - n), ": nothing heard for %g s",
			supervision_ms / 1000.0);
	if (rssi_dbm != RSSI_UNKNOWN)
		snprintf(dst + n, (size_t)(REASON_TEXT - n), "; last RSSI %d dBm", rssi_dbm);
	return dst;
}

const char *error_text(char dst[REASON_TEXT], int err)
{
	if (BLE_IS_EATT(err)) {
		const char *name = att_err_name(BLE_ATT_CODE(err));
		snprintf(dst, REASON_TEXT, "%s (ATT error 0x%02X)", name ? name : "unknown error",
			BLE_ATT_CODE(err));
	} else if (BLE_IS_EHCI(err)) {
		const char *name = hci_err_name(BLE_HCI_CODE(err));
		snprintf(dst, REASON_TEXT, "%s (0x%02X)", name ? name : "unknown error",
			BLE_HCI_CODE(err));
	} else {
		snprintf(dst, REASON_TEXT, "%s", ble_strerror(err));
	}
	return dst;
}

/* Vol 3 Part F 3.4.1.1 */
const char *att_hint(uint8_t code)
{
	switch (code) {
	case 0x01: return "it has no attribute of this handle";
	case 0x05: return "it wants to be paired with first: `pair`";
	case 0x06: return "it cannot do this at all";
	case 0x08: return "its program does not let this device do so";
	case 0x09: return "it has no room for so many octets that are not written at once";
	case 0x0A: return "it has nothing of this type, or lets nobody see it";
	case 0x0C: return "it wants a longer key, by pairing again";
	case 0x0D: return "it wants another number of octets";
	case 0x0F: return "it wants an encrypted link: `pair`";
	case 0x11: return "it is short of memory; later, perhaps";
	case 0x13:
	case 0xFF: return "it wants another value";
	case 0xFD: return "it wants to be subscribed to first";
	case 0xFE: return "it is busy with an earlier one; later, perhaps";
	default: break;
	}
	return code >= 0x80 && code < 0xE0 ? "the service's own documentation says why" : NULL;
}
