/*
 * Phase 3, the distribution of keys over the encrypted link: 2.4.3. First the responder's, then the initiator's, each in
 * the order of 3.6.1. A key that was not agreed on, or has been here already, is an invalid parameter; one that comes out
 * of its order is an unexpected PDU.
 */
#include "smp/smp.h"

#include "crypto/crypto.h"

static void random_key(struct smp_link *l, uint8_t key[16])
{
	l->smp->platform->random(l->smp->platform->ctx, key, 16);
}

/* Ours, as agreed on, into the queue. */
static void give(struct smp_link *l)
{
	struct smp *smp = l->smp;
	struct smp_keys *k = &l->ours;
	k->have |= l->give;
	if (l->give & SMP_DIST_ENC) {
		uint8_t random[10];
		random_key(l, k->ltk);
		memset(k->ltk + l->strength.key_size, 0, 16u - l->strength.key_size);
		smp->platform->random(smp->platform->ctx, random, sizeof random);
		k->ediv = le16_get(random);
		k->rand = le64_get(random + 2);
		smp_queue(l, SMP_ENCRYPTION_INFO, 0);
		smp_queue(l, SMP_CENTRAL_ID, 0);
	}
	if (l->give & SMP_DIST_ID) {
		memcpy(k->irk, smp->irk, 16);
		k->identity = smp->identity;
		smp_queue(l, SMP_IDENTITY_INFO, 0);
		smp_queue(l, SMP_IDENTITY_ADDRESS, 0);
	}
	if (l->give & SMP_DIST_SIGN) {
		random_key(l, k->csrk);
		smp_queue(l, SMP_SIGNING_INFO, 0);
	}
	l->give = 0;
}

/* A derived key is the key of both: 2.4.1 */
static void derive(struct smp_link *l)
{
	if (!l->sc)
		return;
	memcpy(l->ours.ltk, l->key, 16);
	memcpy(l->theirs.ltk, l->key, 16);
	l->ours.have = l->theirs.have = SMP_DIST_ENC;
}

void smp_distribute(struct smp_link *l)
{
	bool first = smp_is_initiator(l);
	smp_enter(l, first ? SMP_I_KEYS : SMP_R_KEYS);
	derive(l);
	if (!first || !l->want)
		give(l);
	smp_pump(l);
}

/* The queue is empty. */
void smp_keys_sent(struct smp_link *l)
{
	if (!l->want && !l->give)
		smp_end(l, &(struct smp_result){ 0 });
}

/* One key is whole. */
static uint8_t got(struct smp_link *l, uint8_t bit)
{
	l->theirs.have |= bit;
	l->want &= (uint8_t)~bit;
	l->half = 0;
	if (!l->want && smp_is_initiator(l))
		give(l);
	return 0; /* smp_rx() sends, and finds that it is over */
}

/* 0: the next key is this one, and so many of its PDUs have come. */
static uint8_t refuse(const struct smp_link *l, uint8_t bit, uint8_t half)
{
	if (!(l->want & bit))
		return SMP_ERR_INVALID_PARAMETERS;
	return (l->want & -l->want) == bit && l->half == half ? 0 : SMP_ERR_UNSPECIFIED_REASON;
}

static uint8_t on_encryption_info(struct smp_link *l, const uint8_t *pdu)
{
	uint8_t refused = refuse(l, SMP_DIST_ENC, 0);
	if (refused)
		return refused;
	memcpy(l->theirs.ltk, pdu + 1, 16);
	memset(l->theirs.ltk + l->strength.key_size, 0, 16u - l->strength.key_size);
	l->half = 1;
	return crypto_is_weak(pdu + 1) || crypto_is_weak(l->theirs.ltk) ? SMP_ERR_KEY_REJECTED : 0;
}

static uint8_t on_central_id(struct smp_link *l, const uint8_t *pdu)
{
	struct rd r = rd_of(pdu + 1, 10);
	struct smp_central_id id;
	uint8_t refused = refuse(l, SMP_DIST_ENC, 1);
	if (refused)
		return refused;
	if (!smp_central_id_read(&r, &id))
		return SMP_ERR_INVALID_PARAMETERS;
	l->theirs.ediv = id.ediv;
	l->theirs.rand = id.rand;
	return got(l, SMP_DIST_ENC);
}

static uint8_t on_identity_info(struct smp_link *l, const uint8_t *pdu)
{
	uint8_t refused = refuse(l, SMP_DIST_ID, 0);
	if (refused)
		return refused;
	memcpy(l->theirs.irk, pdu + 1, 16);
	l->half = 1;
	return 0;
}

/* Public, or static random (Vol 6 Part B 1.3.2.1); not nothing, and not ours. */
static bool is_identity(const struct smp_link *l, const struct ble_addr *a)
{
	static const uint8_t none[6];
	const struct ble_addr *ours = &l->smp->identity;
	if (a->type > BLE_ADDR_RANDOM || !memcmp(a->octets, none, 6))
		return false;
	if (a->type == BLE_ADDR_RANDOM && (a->octets[5] & 0xC0) != 0xC0)
		return false;
	return a->type != ours->type || memcmp(a->octets, ours->octets, 6);
}

/*
 * An IRK of zeroes says that the peer has no resolvable private addresses (3.6.4), and is nobody's key. What could not be
 * told from another's is refused; whether it is another's whom we know is for the host to say.
 */
static uint8_t on_identity_address(struct smp_link *l, const uint8_t *pdu)
{
	static const uint8_t none[16];
	struct rd r = rd_of(pdu + 1, 7);
	struct smp_identity_address a;
	uint8_t refused = refuse(l, SMP_DIST_ID, 1);
	if (refused)
		return refused;
	if (!smp_identity_address_read(&r, &a))
		return SMP_ERR_INVALID_PARAMETERS;
	l->theirs.identity.type = a.addr_type;
	memcpy(l->theirs.identity.octets, a.bd_addr, 6);
	if (!is_identity(l, &l->theirs.identity))
		return SMP_ERR_INVALID_PARAMETERS;
	bool has_irk = memcmp(l->theirs.irk, none, 16);
	if (has_irk && (crypto_is_weak(l->theirs.irk) || crypto_same(l->theirs.irk, l->smp->irk, 16)))
		return SMP_ERR_KEY_REJECTED;
	uint8_t reason = l->smp->hooks->identity(l, &l->theirs, &l->strength);
	return reason ? reason : got(l, SMP_DIST_ID);
}

static uint8_t on_signing_info(struct smp_link *l, const uint8_t *pdu)
{
	uint8_t refused = refuse(l, SMP_DIST_SIGN, 0);
	if (refused)
		return refused;
	memcpy(l->theirs.csrk, pdu + 1, 16);
	return crypto_is_weak(l->theirs.csrk) ? SMP_ERR_KEY_REJECTED : got(l, SMP_DIST_SIGN);
}

#define BOTH(code, act) { SMP_I_KEYS, code, act }, { SMP_R_KEYS, code, act }
const struct smp_row smp_key_rows[] = {
	BOTH(SMP_ENCRYPTION_INFO, on_encryption_info),
	BOTH(SMP_CENTRAL_ID, on_central_id),
	BOTH(SMP_IDENTITY_INFO, on_identity_info),
	BOTH(SMP_IDENTITY_ADDRESS, on_identity_address),
	BOTH(SMP_SIGNING_INFO, on_signing_info),
};
const uint8_t smp_key_count = sizeof smp_key_rows / sizeof smp_key_rows[0];
