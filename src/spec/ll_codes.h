/*
 * The numbers of the link layer as enums, made from the lists: PDU types, control opcodes, LLIDs,
 * PHYs, and the times and places that Vol 6 Part B fixes.
 */
#ifndef GLINT_SPEC_LL_CODES_H
#define GLINT_SPEC_LL_CODES_H

#include <stdint.h>

#include "spec/hci_codes.h" /* error codes and feature bits are common to HCI and the air */

enum ll_adv_pdu_type {
#define X(name, num, text) LL_##name = num,
#include "spec/adv_pdu_types.def"
#undef X
};

enum llcp_opcode {
#define X(name, num, len, text) LL_##name = num,
#include "spec/llcp_opcodes.def"
#undef X
};

/* Vol 6 Part B 2.4 */
enum ll_llid {
	LL_LLID_CONTINUE = 1, /* continuation of an L2CAP message, or an empty PDU */
	LL_LLID_START = 2,
	LL_LLID_CONTROL = 3,
};

enum ll_phy_mode {
	LL_PHY_1M = 1,
	LL_PHY_2M = 2,
	LL_PHY_CODED_S8 = 3,
	LL_PHY_CODED_S2 = 4,
};

#define LL_ADV_ACCESS_ADDRESS UINT32_C(0x8E89BED6) /* Vol 6 Part B 2.1.2 */
#define LL_ADV_CRC_INIT       UINT32_C(0x555555)   /* Vol 6 Part B 3.1.1 */

enum {
	LL_T_IFS_US = 150,
	LL_ADV_HDR_LEN = 2,
	LL_DATA_HDR_LEN = 2,
	LL_ADV_DATA_MAX = 31,      /* legacy AdvData and ScanRspData */
	LL_ADV_PAYLOAD_MAX = 37,   /* of a legacy PDU */
	LL_DATA_PAYLOAD_MIN = 27,  /* what everyone can take */
	LL_DATA_PAYLOAD_MAX = 251, /* without the MIC */
	LL_DATA_TIME_MIN = 328,    /* us: 27 octets and a MIC on 1M */
	LL_MIC_LEN = 4,
	LL_CRC_LEN = 3,
	LL_DATA_CHANNELS = 37,
};

#endif
