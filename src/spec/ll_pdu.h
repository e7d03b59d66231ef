/*
 * PDUs of the primary advertising channels and the header of data channel PDUs: Vol 6 Part B 2.3
 * and 2.4.
 *
 * Headers are inline: they are read and written for every packet on the air, some of them inside
 * T_IFS. Payloads are read from a cursor over exactly the header's Length octets, and written
 * without the header. Addresses are as on the air, least significant octet first.
 */
#ifndef GLINT_SPEC_LL_PDU_H
#define GLINT_SPEC_LL_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"
#include "spec/ll_codes.h"

/* 2.3 */
struct ll_adv_hdr {
	uint8_t pdu_type; /* enum ll_adv_pdu_type, 4 bits */
	bool ch_sel;      /* channel selection algorithm #2 */
	bool tx_add;      /* the sender's address is random */
	bool rx_add;      /* the addressee's address is random */
	uint8_t length;   /* octets of payload */
};

/* 2.4 */
struct ll_data_hdr {
	uint8_t llid; /* enum ll_llid, 2 bits */
	bool nesn;
	bool sn;
	bool md;
	bool cp;        /* a CTEInfo octet follows this header */
	uint8_t length; /* octets of payload, the MIC included */
};

/* 2.3.1: ADV_IND, ADV_NONCONN_IND, ADV_SCAN_IND; 2.3.2.2: SCAN_RSP */
struct ll_adv {
	uint8_t adv_a[6];
	const uint8_t *data; /* AdvData or ScanRspData, in the packet */
	uint8_t data_len;    /* 0..31 octets */
};

/* 2.3.1.2 */
struct ll_adv_direct_ind {
	uint8_t adv_a[6];
	uint8_t target_a[6];
};

/* 2.3.2.1 */
struct ll_scan_req {
	uint8_t scan_a[6];
	uint8_t adv_a[6];
};

/* 2.3.3.1, LLData flattened */
struct ll_connect_ind {
	uint8_t init_a[6];
	uint8_t adv_a[6];
	uint32_t aa;         /* access address */
	uint32_t crc_init;   /* 24 bits */
	uint8_t win_size;    /* 1.25 ms */
	uint16_t win_offset; /* 1.25 ms */
	uint16_t interval;   /* 1.25 ms */
	uint16_t latency;    /* events */
	uint16_t timeout;    /* 10 ms */
	uint8_t ch_m[5];     /* bit n: channel n is used */
	uint8_t hop;         /* 5..16, 5 bits */
	uint8_t sca;         /* 0: 251..500 ppm .. 7: 0..20 ppm, 3 bits */
};

/* Octets of payload */
enum {
	LL_ADV_A_LEN = 6, /* an advertisement without data */
	LL_ADV_DIRECT_IND_LEN = 12,
	LL_SCAN_REQ_LEN = 12,
	LL_CONNECT_IND_LEN = 34,
};

bool ll_adv_read(struct rd *r, struct ll_adv *out);
void ll_adv_write(struct wr *w, const struct ll_adv *in);
bool ll_adv_direct_ind_read(struct rd *r, struct ll_adv_direct_ind *out);
void ll_adv_direct_ind_write(struct wr *w, const struct ll_adv_direct_ind *in);
bool ll_scan_req_read(struct rd *r, struct ll_scan_req *out);
void ll_scan_req_write(struct wr *w, const struct ll_scan_req *in);
bool ll_connect_ind_read(struct rd *r, struct ll_connect_ind *out);
void ll_connect_ind_write(struct wr *w, const struct ll_connect_ind *in);

/* Headers. True when two octets were there: the payload follows. */
static inline bool ll_adv_hdr_read(struct rd *r, struct ll_adv_hdr *out)
{
	uint8_t bits = rd_u8(r);
	out->pdu_type = bits & 0xF;
	out->ch_sel = bits & 1 << 5;
	out->tx_add = bits & 1 << 6;
	out->rx_add = bits & 1 << 7;
	out->length = rd_u8(r);
	return rd_ok(r);
}

static inline void ll_adv_hdr_write(struct wr *w, const struct ll_adv_hdr *in)
{
	wr_u8(w,
		(uint8_t)((in->pdu_type & 0xF) | in->ch_sel << 5 | in->tx_add << 6 |
			in->rx_add << 7));
	wr_u8(w, in->length);
}

static inline bool ll_data_hdr_read(struct rd *r, struct ll_data_hdr *out)
{
	uint8_t bits = rd_u8(r);
	out->llid = bits & 3;
	out->nesn = bits & 1 << 2;
	out->sn = bits & 1 << 3;
	out->md = bits & 1 << 4;
	out->cp = bits & 1 << 5;
	out->length = rd_u8(r);
	return rd_ok(r);
}

static inline void ll_data_hdr_write(struct wr *w, const struct ll_data_hdr *in)
{
	wr_u8(w,
		(uint8_t)((in->llid & 3) | in->nesn << 2 | in->sn << 3 | in->md << 4 |
			in->cp << 5));
	wr_u8(w, in->length);
}

/*
 * Air time of a packet from preamble to CRC, in microseconds: Vol 6 Part B 2.1 and 2.2. pdu_len is
 * the payload that the header's Length counts (MIC included). 1M: 80 + 8n; 2M: 44 + 4n; coded: FEC
 * block 1 always at S=8.
 */
static inline uint32_t ll_airtime_us(enum ll_phy_mode phy, uint32_t pdu_len)
{
	switch (phy) {
	case LL_PHY_1M: return (1 + 4 + 2 + pdu_len + 3) * 8;
	case LL_PHY_2M: return (2 + 4 + 2 + pdu_len + 3) * 4;
	case LL_PHY_CODED_S8: return 80 + 256 + 16 + 24 + (2 + pdu_len + 3) * 64 + 24;
	case LL_PHY_CODED_S2: return 80 + 256 + 16 + 24 + (2 + pdu_len + 3) * 16 + 6;
	}
	return 0;
}

#endif
