/*
 * Connections: Vol 6 Part B 4.5. conn.c opens and closes them, conn_event.c plans their events,
 * conn_isr.c lives through an event, acl.c carries the host's data, llcp.c the link layers' own.
 *
 * A host's ACL packet is sent from where it lies, in fragments as long as the connection allows: the
 * header of a fragment is written over the end of the one before, which has been acknowledged by then.
 */
#ifndef LL_CONN_H
#define LL_CONN_H

#include "base/tmr.h"
#include "crypto/crypto.h"
#include "ll/filter.h"
#include "ll/llcp.h"
#include "ll/radio_isr.h"
#include "ll/sched.h"

enum {
	LL_CTRL_SEALED = LL_DATA_HDR_LEN + LL_DATA_PAYLOAD_MIN, /* behind the PDU: it is to be encrypted */
	LL_CTRL_OCTETS = LL_CTRL_SEALED + 1,                    /* even */
	LL_CTRL_RING = 4, /* control PDUs waiting to be sent or acknowledged */
	LL_CTRL_ANSWERS =
		2, /* of these, for answers: the peer's PDUs are accepted while there is room */
};

/* An ACL packet of the host. */
struct ll_acl {
	uint16_t len;     /* octets of data */
	uint8_t llid;     /* of the first fragment */
	uint8_t octets[]; /* HCI header (4), then the data: fragments go out from here */
};

enum ll_sending { LL_SENDS_NOTHING, LL_SENDS_EMPTY, LL_SENDS_CTRL, LL_SENDS_DATA };
enum ll_farewell { LL_STAYS, LL_BIDS_FAREWELL, LL_FAREWELL_ACKED };

/* The interrupt's while a chain runs, the main part's between events. */
struct ll_conn_isr {
	bool sn, nesn;
	uint8_t sending;       /* enum ll_sending: sent at least once, not acknowledged */
	uint8_t _Atomic farewell; /* enum ll_farewell: the peer's LL_TERMINATE_IND; an encrypted one is the main part's */
	bool owes_ack;         /* a new packet came, and nothing was sent since */
	bool leaves;           /* what is being sent is our LL_TERMINATE_IND */
	bool sealed;           /* ... is encrypted, by seal_counter */
	uint64_t seal_counter;
	uint8_t bad;           /* packets with bad CRC in a row in this event */
	uint8_t rx_octets;     /* of the longest that the peer may send in this event */
	bool any, good;        /* a packet came in this event, with any CRC; with a good one */
	bool peer_md, sent_md; /* of the last packets */
	int8_t rssi_dbm;
	uint8_t empty[LL_DATA_HDR_LEN];
	uint16_t offset;        /* octets of the first ACL packet that were acknowledged */
	uint8_t frag_len;       /* of the fragment being sent: fixed when it is chosen, until it is acknowledged */
	uint16_t ctrl_accepted; /* control PDUs ever handed over */
	uint64_t next_us;       /* this connection's next event is near: the exchanges should be over */
	uint64_t first_us;      /* this event's first packet began */
	uint64_t good_us;       /* the last packet with a good CRC ended */
	uint32_t unknown_llid;
};

/* Encryption, Vol 6 Part E; llcp_encryption.c turns it on and off. */
struct ll_crypt {
	struct ble_radio_ccm tx, rx; /* tx.counter is the interrupt's, rx the main part's */
	bool rx_on;
	bool _Atomic tx_on; /* data that is chosen from now on is encrypted; of a control PDU LL_CTRL_SEALED tells */
	bool _Atomic held;  /* no data is chosen */
};

/* Who has a connection, or is going to. */
struct ll_parties {
	struct ll_addr own, peer; /* on the air */
	struct ll_addr id;        /* the peer's identity, if it is known, else peer */
	bool resolved;            /* peer is a private address of id */
	bool own_private;
};

enum ll_conn_state { LL_CONN_FREE, LL_CONN_PROMISED, LL_CONN_OPEN, LL_CONN_CLOSED };

/* What the host has not been told yet, in the order in which it is. */
enum ll_conn_news {
	LL_NEWS_COMPLETE,
	LL_NEWS_FEATURES,
	LL_NEWS_VERSION,
	LL_NEWS_LENGTH,
	LL_NEWS_KEY_REQUEST,
	LL_NEWS_ENCRYPTION,
	LL_NEWS_PAYLOAD_TIMEOUT,
	LL_NEWS_PHY,
	LL_NEWS_PARAM_REQUEST,
	LL_NEWS_UPDATE,
	LL_NEWS_CLOSED,
	LL_NEWS_COUNT
};

struct ll_conn {
	struct ll_act act;
	uint8_t index, generation;
	uint8_t state;                /* enum ll_conn_state */
	uint8_t role;                 /* enum hci_role */
	uint16_t news;
	uint8_t news_status[LL_NEWS_COUNT]; /* 1 << enum ll_conn_news; what each has to say */
	uint8_t reason;
	uint16_t handle;
	struct ll_parties with;
	uint32_t access_address, crc_init;
	/* channels */
	uint8_t map[5], used, hop, unmapped; /* unmapped: of event `event` */
	uint8_t sca;                         /* the central's, as announced */
	bool established;
	uint8_t tx_phy, rx_phy; /* enum ll_phy_mode; between events the main part's */
	/* time */
	uint16_t interval, latency, timeout; /* units of HCI */
	uint16_t payload_timeout;            /* Authenticated Payload Timeout, 10 ms */
	uint32_t interval_us;
	uint16_t event;        /* counter of the present or next event */
	uint16_t anchor_event; /* the event that began at anchor_us */
	uint64_t anchor_us;
	uint64_t synced_us; /* the clocks met: a packet, or the CONNECT_IND */
	uint32_t
		window_us; /* the peer's transmit window, until its first packet shows the anchor */
	uint32_t listen_us;   /* peripheral: of the planned event's window */
	uint64_t deadline_us; /* of supervision */
	uint32_t ppm;         /* both clocks together */
	struct tmr supervision;
	/* data */
	uint8_t _Atomic tx_limit; /* octets of the fragments that are chosen from now on */
	uint8_t rx_limit;         /* octets of a PDU that the peer may send, from the next event on */
	struct ll_conn_isr isr;
	struct ll_crypt crypt;
	struct ring ctrl;                /* PDUs of LL_CTRL_OCTETS: main part to interrupt */
	struct ring acl;                 /* of struct ll_acl *: main part to interrupt */
	uint16_t acl_reaped;             /* acknowledged packets that were taken back */
	uint16_t _Atomic ctrl_processed; /* of ctrl_accepted */
	uint16_t completed;              /* packets to report */
	uint16_t host_has;               /* packets that the host has not given back */
	uint16_t waiting;                /* received packets that the host has not read */
	struct llcp llcp;
};

/* conn.c */
struct ll_conn *ll_conn_free_slot(struct ble_ctlr *c);
struct ll_conn *ll_conn_by_handle(struct ble_ctlr *c, uint16_t handle); /* open ones; NULL */
/* The open connection between these two, of which there may be one (4.5); NULL. */
struct ll_conn *ll_conn_between(struct ble_ctlr *c, const struct ll_parties *with);
/* Fills in id and resolved: entry and word of struct ll_who. */
void ll_parties_know(struct ble_ctlr *c, struct ll_parties *with, int at, bool resolved);
void ll_conn_open_peripheral(struct ble_ctlr *c, struct ll_conn *k, const struct ll_connect_ind *ind,
	const struct ll_parties *with, uint64_t ind_end_us);
void ll_conn_open_central(struct ble_ctlr *c, struct ll_conn *k, const struct ll_connect_ind *ind,
	const struct ll_parties *with, uint64_t ind_end_us, uint64_t anchor_us);
/* At once; the host will be told the reason. Nothing when closed already. */
void ll_conn_close(struct ble_ctlr *c, struct ll_conn *k, uint8_t reason);
/* Forgets it without a word; the buffers go back. */
void ll_conn_free(struct ble_ctlr *c, struct ll_conn *k);
void ll_conn_news(struct ble_ctlr *c, struct ll_conn *k, enum ll_conn_news news, uint8_t status);

void ll_conn_use_map(struct ll_conn *k, const uint8_t map[5]);

/* conn_event.c */
extern const struct ll_act_ops ll_conn_ops;
void ll_conn_plan_first(struct ble_ctlr *c, struct ll_conn *k);
/* There is something to send: do not sleep on. */
void ll_conn_hurry(struct ble_ctlr *c, struct ll_conn *k);
/* When an event begins, begins or began. */
uint64_t ll_conn_anchor_us(const struct ll_conn *k, uint16_t event);
/* (Re)starts supervision: the peer was heard at heard_us. */
void ll_conn_heard(struct ble_ctlr *c, struct ll_conn *k, uint64_t heard_us);

/* acl.c */
/* Data in flight and waiting; the chain does not run. */
bool ll_conn_has_data(struct ll_conn *k);
/* Main part: a data PDU came from the interrupt; takes rx. */
void ll_acl_on_rx(struct ble_ctlr *c, struct ll_rx *rx);
/* Takes back what was acknowledged. */
void ll_acl_reap(struct ble_ctlr *c, struct ll_conn *k);
/* The same within an event, when it is worth an event to the host. */
void ll_acl_reap_many(struct ble_ctlr *c, struct ll_conn *k);
void ll_acl_drop_all(struct ble_ctlr *c, struct ll_conn *k);
/* A packet of the host, behind the H4 octet. 0, BLE_EBUSY, BLE_EBADPDU. */
int ll_acl_write(struct ble_ctlr *c, const uint8_t *packet, size_t len);

/* conn_isr.c */
ll_isr_fn ll_central_isr, ll_peripheral_isr;
/*
 * What the next packet will be; chooses it. Also the main part, before it posts an event of a
 * central. brief: a new one is empty, as there is no time for more.
 */
uint8_t *ll_conn_next_pdu(struct ble_ctlr *c, struct ll_conn *k, bool brief);

#endif
