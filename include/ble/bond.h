/*
 * Security: pairing, encryption, levels that attributes want, and bonds. Part: ble_pairing; ble_signing beside it. The platform must have
 * crypto (crypto.h); without a store (platform.h) bonds live as long as the host.
 *
 * A pairing is begun by ble_conn_secure() or by the peer. What its user has to do comes as events, and ends with
 * BLE_EV_PAIRED; by then the peer has our keys as well, and the link may be ended (Vol 3 Part H 2.4.3). A link that a bond belongs to is encrypted by the central as soon as it is up, with no pairing; what its
 * client asks for meanwhile waits, and its commands are BLE_EBUSY.
 *
 * Of a bond the store also keeps what the peer has subscribed to, with the hash of the database, since handles mean
 * nothing in another (Vol 3 Part G 2.5.2, 3.3.3.3). It holds again, and BLE_EV_SUBSCRIBED says so, when the peer has
 * proved who it is by encrypting; until then nothing is notified to it. If the database has changed meanwhile,
 * Service Changed is indicated instead, and a client of robust caching is refused as server.h says, until it knows.
 *
 * ble_signing takes Signed Write Commands (Vol 3 Part F 3.4.5.4) to values with BLE_WRITE_SIGNED, as BLE_EV_WRITTEN of the
 * kind BLE_WRITTEN_SIGNED, and sends them: ble_client_write_signed(). What has no good signature of a bonded peer, or has
 * come before, is passed over without an answer, and so is one on an encrypted link, which has no need of it. The counters
 * that tell what has come before are kept with the bond: a peer's before its write is acted upon, ours ahead of what is
 * sent. A bond whose counters are lost signs no more until the two pair anew; so does one that was made without this part.
 *
 * What is not named is not linked: LE Secure Connections with Just Works belong to the part; legacy pairing and each other
 * way for two users to convince each other are named in ble_pairing_params.ways.
 */
#ifndef BLE_BOND_H
#define BLE_BOND_H

#include <ble/crypto.h>
#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ways to pair beside Secure Connections with Just Works. */
struct ble_way;
extern BLE_API const struct ble_way ble_legacy_pairing; /* LE legacy pairing, Vol 3 Part H 2.3.5.5 */
extern BLE_API const struct ble_way ble_passkey_entry;  /* one shows six digits, the other enters them; or both enter */
extern BLE_API const struct ble_way ble_numeric_comparison; /* both show six digits; Secure Connections only */
extern BLE_API const struct ble_way ble_out_of_band;    /* data that came on another way: ble_oob_make() */

/* A list for `ways`: BLE_WAYS(&ble_passkey_entry, &ble_numeric_comparison). */
#define BLE_WAYS(...) ((const struct ble_way *const[]){ __VA_ARGS__, NULL })

/* What our user can do: Vol 3 Part H 2.3.2. All but NONE want ble_passkey_entry, the two with YES_NO or both
 * ble_numeric_comparison as well. */
enum ble_capabilities {
	BLE_CAP_DEFAULT = 0, /* NONE */
	BLE_CAP_DISPLAY_ONLY,
	BLE_CAP_DISPLAY_YES_NO,
	BLE_CAP_KEYBOARD_ONLY,
	BLE_CAP_NONE,
	BLE_CAP_KEYBOARD_DISPLAY,
};

/* Keys to be distributed, or'ed: Vol 3 Part H 3.6.1. */
enum ble_keys {
	BLE_KEY_DEFAULT = 0, /* ENC | ID */
	BLE_KEY_ENC = 0x01,  /* long term key, of legacy pairing */
	BLE_KEY_ID = 0x02,   /* identity address and identity resolving key: zeroes without ble_private (privacy.h) */
	BLE_KEY_SIGN = 0x04, /* signature resolving key */
	BLE_KEY_NONE = 0x80,
};

/*
 * What a device, or a service, wants of a link before its values may be used: security mode 1 (Vol 3 Part C 10.2.1), of
 * which the number is the level, for reading and writing; or mode 2 (10.2.2) for writing alone, with level 1 of mode 1
 * for the rest: what is written has to be signed, or to come over an encrypted link (10.2.3), by a key of a pairing that
 * was, for the higher of the two, protected against someone in the middle. Mode 2 needs ble_signing and bonding, and asks
 * the peer for its signing key, BLE_KEY_SIGN, by itself.
 */
enum ble_level {
	BLE_LEVEL_OPEN = 1,
	BLE_LEVEL_ENCRYPTED,     /* with any key */
	BLE_LEVEL_AUTHENTICATED, /* with one of a pairing protected against someone in the middle */
	BLE_LEVEL_STRICT,        /* with such a one of 16 octets, by Secure Connections */
	BLE_LEVEL_SIGNED,        /* mode 2 level 1 */
	BLE_LEVEL_SIGNED_AUTHENTICATED, /* mode 2 level 2 */
};

/* How a device pairs, and what it wants of a link. Zero members mean the default; all is copied. */
struct ble_pairing_params {
	const struct ble_way *const *ways; /* NULL: none but Just Works */
	uint8_t capabilities;              /* enum ble_capabilities */
	uint8_t level;     /* enum ble_level that services want which name none; 0: open. Weaker pairings are refused */
	bool bonding;      /* keys are kept */
	bool mitm;         /* pairings without MITM protection are refused; level 3 and 4 imply it */
	bool sc_only;      /* legacy pairing is refused; level 4 implies it */
	bool legacy_only;  /* Secure Connections are not offered: for tests of old peers */
	bool keypress;     /* tells the peer of keypresses, if it wants to know */
	bool debug;        /* pairs with the debug key that everybody knows: for who reads traces. Nothing is kept */
	bool keep_bonded;  /* a bonded peer pairs anew only over a link encrypted with its bond */
	/* When there is no room, any new bond takes the place of the oldest without MITM protection that is not connected.
	 * False: only a new bond with MITM protection does, so that strangers cannot push out who belongs here; a pairing
	 * without is not kept then, BLE_OP_BONDS with BLE_ENOMEM. Bonds with MITM protection always stay. */
	bool evict;
	/* A central does not encrypt with a bond as soon as it is connected, but when ble_conn_secure() or the peripheral asks
	 * for it: signed writes are for links in clear text. */
	bool on_demand;
	uint8_t key_size_min, key_size_max; /* octets, 7..16; 0: 16, 16. One of them 0: as the other */
	uint8_t initiator_keys, responder_keys; /* enum ble_keys: the central's, the peripheral's */
	uint32_t passkey;  /* 1..999999: always this one, which is weak; 0: a fresh one for each pairing */
};

/*
 * Sets them for pairings to come; also while connected. A peripheral whose level is 2 or more asks for security as soon as
 * it is connected. Secure Connections need an att_mtu of 65 or more. BLE_ERANGE, BLE_EINVAL (a way is missing that the
 * capabilities want, or the level cannot be reached), with a fault; BLE_ENOTSUP: ble_pairing is not attached, or for mode
 * 2 ble_signing, or the platform has no crypto.
 */
BLE_API int ble_pairing_set(struct ble_host *host, const struct ble_pairing_params *params);
/* The same with another level: the parameters are those that were set last, at first all zero. */
BLE_API int ble_pairing_level(struct ble_host *host, uint8_t level);
/* Fills *out: what holds, but for `ways`, which is NULL. BLE_ENOTSUP, with a fault: ble_pairing is not attached. */
BLE_API int ble_pairing_get(struct ble_host *host, struct ble_pairing_params *out);

/*
 * Makes a link secure. Central: encrypts with the bond if there is one that suffices, else pairs. Peripheral: asks the
 * central to (Security Request). BLE_EV_ENCRYPTED and, after a pairing, BLE_EV_PAIRED follow; a peripheral may wait for
 * ever. anew: pairs although there is a bond. BLE_ECONN; BLE_EBUSY: it is under way; BLE_ESTATE: a pairing has timed out
 * on this connection (Vol 3 Part H 3.4); BLE_EREFUSED: after failures this peer has to wait; BLE_ENOTSUP.
 */
BLE_API int ble_conn_secure(struct ble_host *host, ble_conn_id conn, bool anew);
/* Answers BLE_EV_PASSKEY_WANTED: 0..999999. BLE_ENOENT: nothing is asked; BLE_ERANGE; BLE_ECONN; BLE_ENOTSUP. */
BLE_API int ble_conn_passkey(struct ble_host *host, ble_conn_id conn, uint32_t passkey);
/* Answers BLE_EV_COMPARE. BLE_ENOENT; BLE_ECONN; BLE_ENOTSUP. */
BLE_API int ble_conn_confirm(struct ble_host *host, ble_conn_id conn, bool same);
/* Ends a pairing: the user has had enough. BLE_ENOENT: none runs; BLE_ECONN; BLE_ENOTSUP. */
BLE_API int ble_conn_unpair(struct ble_host *host, ble_conn_id conn);

/* What our user does while BLE_EV_PASSKEY_WANTED is open: Vol 3 Part H 3.5.8. */
enum ble_keypress {
	BLE_KEYPRESS_STARTED = 0,
	BLE_KEYPRESS_DIGIT,
	BLE_KEYPRESS_ERASED,
	BLE_KEYPRESS_CLEARED,
	BLE_KEYPRESS_COMPLETED,
};
/* Tells the peer. BLE_ENOENT: not asked, or the peer does not want to know; BLE_EBUSY; BLE_ERANGE; BLE_ECONN. */
BLE_API int ble_conn_keypress(struct ble_host *host, ble_conn_id conn, uint8_t kind);

/* How secure a link is. */
struct ble_security_info {
	uint8_t level;    /* of mode 1: 1 not encrypted .. 4 */
	uint8_t key_size; /* octets; 0: not encrypted */
	bool bonded;      /* the peer is a bond of ours; it has proved it if the level is 2 or more */
	bool pairing;     /* one is under way */
	struct ble_addr identity; /* of a bond, else the address that it has connected with */
};
/* Fills *out. BLE_ECONN; BLE_ENOTSUP. */
BLE_API int ble_conn_security(const struct ble_host *host, ble_conn_id conn, struct ble_security_info *out);

/* A peer whose keys are kept. */
struct ble_bond {
	struct ble_addr identity; /* or the address that it had, if it has not told an identity */
	uint8_t level, key_size;  /* what a link with its key has */
	bool resolvable;          /* it may come with resolvable private addresses */
};
/* The bonds in the order of their slots: *index 0 at first; it is moved on. False: there are no more. */
BLE_API bool ble_bond_next(const struct ble_host *host, unsigned *index, struct ble_bond *out);
/* Forgets one; a link that it belongs to is ended first (0x05). BLE_ENOENT; BLE_EIO: the store failed; BLE_ENOTSUP. */
BLE_API int ble_bond_remove(struct ble_host *host, const struct ble_addr *identity);

/*
 * Directed advertising to a bonded central that goes by private addresses. A peripheral looks first whether the central
 * finds itself in one that is directed to any of them (Vol 3 Part C 12.4): it reads its Central Address Resolution, by
 * ble_client_read_uuid() with 0x2AA6, and says here what it was, true for 1; not found is false. Kept with the bond, and
 * in the store if ble_server is attached. BLE_ECONN; BLE_ENOENT: the link is of no bond that has encrypted; BLE_ENOTSUP.
 */
BLE_API int ble_bond_resolves(struct ble_host *host, ble_conn_id conn, bool resolves);
/*
 * Fills *out for ble_adv_params.peer: a new private address by which a bonded peer finds itself, or the identity address of one
 * that has no private ones. BLE_EREFUSED, with a fault: it has, and has not said that it finds itself; its identity may be
 * tried. BLE_ENOENT: no such bond; BLE_EIO: no randomness; BLE_ENOTSUP.
 */
BLE_API int ble_bond_address(struct ble_host *host, const struct ble_addr *identity, struct ble_addr *out);

/* What two devices exchange on another way than the air; octets in the order of the air: Vol 3 Part H 2.3.5.6.4. */
struct ble_oob {
	struct ble_addr peer;    /* theirs; all zero: anybody's */
	uint8_t r[16], c[16];    /* random and confirm value, Secure Connections */
	uint8_t tk[16];          /* the secret of legacy pairing */
};
/* Makes ours: BLE_EV_OOB follows with r and c. Used once, by the first pairing in which the peer says that it has them.
 * BLE_EBUSY; BLE_EIO; BLE_ENOTSUP: ble_out_of_band is no way of ours. */
BLE_API int ble_oob_make(struct ble_host *host);
/* What the peer has given us, for Secure Connections or for legacy pairing. Used once. BLE_ENOTSUP. */
BLE_API int ble_oob_set(struct ble_host *host, const struct ble_oob *theirs, bool legacy);

#ifdef __cplusplus
}
#endif

#endif
