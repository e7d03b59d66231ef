/*
 * LL Control PDUs, the CtrData of data channel PDUs with LLID 3: Vol 6 Part B 2.4.2. Reading starts
 * behind the opcode, which the dispatcher took; writing puts it. Where request and response have
 * one shape, they share a struct and the writer is told the opcode. PDUs without CtrData are the
 * opcode alone.
 */
#ifndef GLINT_SPEC_LLCP_PDU_H
#define GLINT_SPEC_LLCP_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/ll_codes.h"

struct rd;
struct wr;

/*
 * Octets of CtrData that go with an opcode, exactly; -1 for an opcode that Core 5.3 does not have.
 */
int llcp_ctr_data_len(uint8_t opcode);

/* Vol 6 Part B 2.4.2.1 */
struct ll_connection_update_ind {
	uint8_t win_size;    /* 1.25 ms */
	uint16_t win_offset; /* 1.25 ms */
	uint16_t interval;   /* 1.25 ms */
	uint16_t latency;    /* events */
	uint16_t timeout;    /* 10 ms */
	uint16_t instant;    /* connection event */
};
enum { LL_CONNECTION_UPDATE_IND_LEN = 12 };
bool ll_connection_update_ind_read(struct rd *r, struct ll_connection_update_ind *out);
void ll_connection_update_ind_write(struct wr *w, const struct ll_connection_update_ind *in);

/* Vol 6 Part B 2.4.2.2 */
struct ll_channel_map_ind {
	uint8_t ch_m[5]; /* bit n: channel n is used */
	uint16_t instant;
};
enum { LL_CHANNEL_MAP_IND_LEN = 8 };
bool ll_channel_map_ind_read(struct rd *r, struct ll_channel_map_ind *out);
void ll_channel_map_ind_write(struct wr *w, const struct ll_channel_map_ind *in);

/* Vol 6 Part B 2.4.2.3 */
struct ll_terminate_ind {
	uint8_t error_code; /* enum hci_err */
};
enum { LL_TERMINATE_IND_LEN = 2 };
bool ll_terminate_ind_read(struct rd *r, struct ll_terminate_ind *out);
void ll_terminate_ind_write(struct wr *w, const struct ll_terminate_ind *in);

/* Vol 6 Part B 2.4.2.4 */
struct ll_enc_req {
	uint64_t rand;
	uint16_t ediv;
	uint8_t skd_c[8]; /* SKDm until 5.2 */
	uint8_t iv_c[4];
};
enum { LL_ENC_REQ_LEN = 23 };
bool ll_enc_req_read(struct rd *r, struct ll_enc_req *out);
void ll_enc_req_write(struct wr *w, const struct ll_enc_req *in);

/* Vol 6 Part B 2.4.2.5 */
struct ll_enc_rsp {
	uint8_t skd_p[8]; /* SKDs until 5.2 */
	uint8_t iv_p[4];
};
enum { LL_ENC_RSP_LEN = 13 };
bool ll_enc_rsp_read(struct rd *r, struct ll_enc_rsp *out);
void ll_enc_rsp_write(struct wr *w, const struct ll_enc_rsp *in);

/* Vol 6 Part B 2.4.2.8 */
struct ll_unknown_rsp {
	uint8_t unknown_type; /* an opcode */
};
enum { LL_UNKNOWN_RSP_LEN = 2 };
bool ll_unknown_rsp_read(struct rd *r, struct ll_unknown_rsp *out);
void ll_unknown_rsp_write(struct wr *w, const struct ll_unknown_rsp *in);

/* LL_FEATURE_REQ, LL_FEATURE_RSP, LL_PERIPHERAL_FEATURE_REQ: Vol 6 Part B 2.4.2.9 */
struct ll_feature {
	uint64_t feature_set; /* enum le_feature names the bits */
};
enum { LL_FEATURE_LEN = 9 };
bool ll_feature_read(struct rd *r, struct ll_feature *out);
void ll_feature_write(struct wr *w, uint8_t opcode, const struct ll_feature *in);

/* Vol 6 Part B 2.4.2.13 */
struct ll_version_ind {
	uint8_t version; /* 0x0C: 5.3 */
	uint16_t company_identifier;
	uint16_t subversion;
};
enum { LL_VERSION_IND_LEN = 6 };
bool ll_version_ind_read(struct rd *r, struct ll_version_ind *out);
void ll_version_ind_write(struct wr *w, const struct ll_version_ind *in);

/* Vol 6 Part B 2.4.2.14 */
struct ll_reject_ind {
	uint8_t error_code; /* enum hci_err */
};
enum { LL_REJECT_IND_LEN = 2 };
bool ll_reject_ind_read(struct rd *r, struct ll_reject_ind *out);
void ll_reject_ind_write(struct wr *w, const struct ll_reject_ind *in);

/* LL_CONNECTION_PARAM_REQ, LL_CONNECTION_PARAM_RSP: Vol 6 Part B 2.4.2.16 */
struct ll_connection_param {
	uint16_t interval_min;         /* 1.25 ms */
	uint16_t interval_max;         /* 1.25 ms */
	uint16_t latency;              /* events */
	uint16_t timeout;              /* 10 ms */
	uint8_t preferred_periodicity; /* 1.25 ms; 0: none */
	uint16_t reference_conn_event_count;
	uint16_t offset[6]; /* 1.25 ms; 0xFFFF: not valid */
};
enum { LL_CONNECTION_PARAM_LEN = 24 };
bool ll_connection_param_read(struct rd *r, struct ll_connection_param *out);
void ll_connection_param_write(struct wr *w, uint8_t opcode, const struct ll_connection_param *in);

/* Vol 6 Part B 2.4.2.18 */
struct ll_reject_ext_ind {
	uint8_t reject_opcode;
	uint8_t error_code;
};
enum { LL_REJECT_EXT_IND_LEN = 3 };
bool ll_reject_ext_ind_read(struct rd *r, struct ll_reject_ext_ind *out);
void ll_reject_ext_ind_write(struct wr *w, const struct ll_reject_ext_ind *in);

/* LL_LENGTH_REQ, LL_LENGTH_RSP: Vol 6 Part B 2.4.2.21 */
struct ll_length {
	uint16_t max_rx_octets; /* 27..251 */
	uint16_t max_rx_time;   /* us */
	uint16_t max_tx_octets;
	uint16_t max_tx_time; /* us */
};
enum { LL_LENGTH_LEN = 9 };
bool ll_length_read(struct rd *r, struct ll_length *out);
void ll_length_write(struct wr *w, uint8_t opcode, const struct ll_length *in);

/* LL_PHY_REQ, LL_PHY_RSP: Vol 6 Part B 2.4.2.22 */
struct ll_phy {
	uint8_t tx_phys; /* bits: 1M, 2M, Coded */
	uint8_t rx_phys;
};
enum { LL_PHY_LEN = 3 };
bool ll_phy_read(struct rd *r, struct ll_phy *out);
void ll_phy_write(struct wr *w, uint8_t opcode, const struct ll_phy *in);

/* Vol 6 Part B 2.4.2.23 */
struct ll_phy_update_ind {
	uint8_t phy_c_to_p; /* one bit: 1M, 2M, Coded; 0: no change */
	uint8_t phy_p_to_c;
	uint16_t instant;
};
enum { LL_PHY_UPDATE_IND_LEN = 5 };
bool ll_phy_update_ind_read(struct rd *r, struct ll_phy_update_ind *out);
void ll_phy_update_ind_write(struct wr *w, const struct ll_phy_update_ind *in);

#endif
