/*
 * Packets towards the controller: the pool, the controller's buffers as credits (Vol 4 Part E 4.1.1), fragments.
 *
 * An L2CAP PDU is written once, behind room for the headers. When it is longer than the controller's packets it leaves
 * in fragments out of the same block: once the driver is done with one, the header of the next is written over the end
 * of its data, directly in front of what follows.
 *
 *	[H4 ACL|fragment 1      ]
 *	                   [H4 ACL|fragment 2      ]
 *
 * What cannot go at once waits in one queue, first come first sent, for the credits are the controller's and not a
 * connection's. With each fragment that it has sent a PDU lets those of other connections pass. A packet that is queued
 * behind none that waits for credits pays for all its fragments beforehand, and then waits for the driver alone.
 *
 * Who may take a packet decides that nothing can wait for itself. A response of ATT takes any idle one, and may wait for
 * the program or for credits; a second one of the same connection only while idle ones remain for the others. All else
 * (notification, request, command, signalling) is given one only when it can be paid for at once, or when idle packets
 * remain for a response of every connection. So a request that finds no idle packet waits for the driver alone, never
 * for a packet that is received behind it.
 */
#include "hci/hci.h"

#include "base/le.h"
#include "spec/hci_pkt.h"

enum { HDR = 5 }; /* H4 indicator and ACL header */

static struct hci_tx *tx_of(struct ble_tx *tx)
{
	return CONTAINER_OF(tx, struct hci_tx, tx);
}

static void header(struct hci_tx *t, uint16_t handle, enum hci_pb pb, uint16_t len)
{
	uint8_t *p = t->tx.data; /* once: the octets might be it, for all the compiler knows */
	p[0] = HCI_H4_ACL;
	le16_put(p + 1, (uint16_t)(handle | (unsigned)pb << 12));
	le16_put(p + 3, len);
	t->tx.len = (uint16_t)(HDR + len);
}

static void give_back(struct hci *hci, struct hci_tx *t)
{
	pool_put(&hci->pool, t);
	if (hci->refused)
		hci->hooks->room(hci);
}

/* The driver has finished with a packet: the next fragment, or back into the pool. May run inside write(). */
static void on_done(struct ble_tx *tx)
{
	struct hci_tx *t = tx_of(tx);
	struct hci *hci = t->link->hci;
	t->driven = false;
	if (!t->left) {
		give_back(hci, t);
		return;
	}
	uint16_t max = hci->acl_octets;
	uint16_t len = t->left < max ? t->left : max;
	tx->data += tx->len - HDR;
	t->left = (uint16_t)(t->left - len);
	header(t, t->link->handle, HCI_PB_CONTINUING, len);
	hci->todo |= HCI_TODO_PUMP;
}

/* A credit has been taken for it. t is not looked at afterwards: it may be back in the pool. */
static void drive(struct hci_link *link, struct hci_tx *t)
{
	link->in_flight++;
	t->driven = true;
	hci_write(link->hci, &t->tx);
}

/* A fragment has gone: what follows is sent behind what other connections have, and in front of what is this one's. */
static void requeue(struct hci *hci, struct hci_tx *t)
{
	struct hci_tx **at = &hci->head;
	while (*at && !t->paid && (*at)->link != t->link)
		at = &(*at)->behind;
	t->behind = *at;
	*at = t;
	if (!t->behind)
		hci->tail = t;
}

void hci_tx_pump(struct hci *hci)
{
	struct hci_tx *t;
	while ((t = hci->head) && !t->driven) {
		if (t->paid)
			t->paid--;
		else if (hci->credits)
			hci->credits--;
		else
			return;
		hci->head = t->behind;
		if (t->left)
			requeue(hci, t);
		else
			t->link->answers = (uint8_t)(t->link->answers - t->answer);
		drive(t->link, t);
	}
}

static uint16_t fragments(const struct hci *hci, uint16_t pdu_len)
{
	return (uint16_t)((pdu_len + hci->acl_octets - 1) / hci->acl_octets);
}

/* A response of every connection would find an idle packet even after this one. */
static inline bool is_plenty(const struct hci *hci)
{
	return hci->pool.idle > hci->links_max;
}

/* More than its share is for a link that nobody else waits for. */
static bool is_greedy(const struct hci_link *link)
{
	return link->in_flight >= link->hci->share && link->hci->refused > link->refused;
}

static inline bool waits_for_credits(const struct hci *hci)
{
	return hci->head && !hci->tail->paid;
}

static bool may_send_event(const struct hci_link *link, uint16_t pdu_len)
{
	const struct hci *hci = link->hci;
	if (waits_for_credits(hci) || !hci->credits || is_greedy(link))
		return false;
	return pdu_len <= hci->acl_octets || is_plenty(hci) ||
		hci->credits >= fragments(hci, pdu_len);
}

bool hci_tx_ready(const struct hci_link *link)
{
	return may_send_event(link, 0) && link->hci->pool.idle;
}

static void refuse(struct hci_link *link)
{
	if (!link->refused)
		link->hci->refused++;
	link->refused = true;
}

struct ble_tx *hci_tx_take(struct hci_link *link, enum hci_why why, uint16_t pdu_len)
{
	struct hci *hci = link->hci;
	struct hci_tx *t = NULL;
	if (why == HCI_RESPONSE ? !link->answers || is_plenty(hci) :
				  may_send_event(link, pdu_len) || (why == HCI_MINOR && is_plenty(hci)))
		t = pool_get(&hci->pool);
	if (!t) {
		if (why == HCI_EVENT)
			refuse(link);
		return NULL;
	}
	t->tx.data = t->buf;
	t->tx.done = on_done;
	t->link = link;
	t->answer = why == HCI_RESPONSE;
	return &t->tx;
}

/* At the end of the queue; its turn comes by hci_tx_pump(). */
static void enqueue(struct hci *hci, struct hci_tx *t, uint16_t n)
{
	t->paid = 0;
	if (!waits_for_credits(hci) && n <= hci->credits && n <= UINT8_MAX) {
		hci->credits = (uint16_t)(hci->credits - n);
		t->paid = (uint8_t)n;
	}
	t->driven = false;
	t->behind = NULL;
	if (hci->head)
		hci->tail->behind = t;
	else
		hci->head = t;
	hci->tail = t;
	t->link->answers = (uint8_t)(t->link->answers + t->answer);
}

void hci_tx_send(struct hci_link *link, struct ble_tx *tx, uint16_t pdu_len)
{
	struct hci *hci = link->hci;
	struct hci_tx *t = tx_of(tx);
	uint16_t len = pdu_len < hci->acl_octets ? pdu_len : hci->acl_octets;
	t->left = (uint16_t)(pdu_len - len);
	header(t, link->handle, HCI_PB_FIRST_NON_FLUSHABLE, len);
	if (!t->left && !hci->head && hci->credits) {
		hci->credits--;
		drive(link, t);
		return;
	}
	enqueue(hci, t, fragments(hci, pdu_len));
	hci_tx_pump(hci);
}

void hci_tx_drop(struct hci_link *link, struct ble_tx *tx)
{
	give_back(link->hci, tx_of(tx));
}

static struct hci_link **bucket_of(const struct hci *hci, uint16_t handle)
{
	return &hci->bucket[handle & hci->mask];
}

static void count_links(struct hci *hci, int more)
{
	unsigned links = (unsigned)(hci->links + more);
	hci->links = (uint16_t)links;
	hci->share = (uint16_t)(links && links < hci->credits_max ? hci->credits_max / links : 1);
}

bool hci_link_up(struct hci *hci, struct hci_link *link, uint16_t handle)
{
	if (handle > HCI_HANDLE_MAX || hci_link_find(hci, handle))
		return false;
	*link = (struct hci_link){ .hci = hci, .handle = handle, .next = *bucket_of(hci, handle) };
	*bucket_of(hci, handle) = link;
	count_links(hci, 1);
	return true;
}

/* What of the link is still in the queue. What the driver has comes back by itself. */
static void drop_queue(struct hci *hci, const struct hci_link *link)
{
	struct hci_tx **at = &hci->head, *t;
	while ((t = *at)) {
		if (t->link != link) {
			hci->tail = t;
			at = &t->behind;
			continue;
		}
		*at = t->behind;
		hci->credits = (uint16_t)(hci->credits + t->paid);
		t->left = 0;
		if (!t->driven)
			give_back(hci, t);
	}
}

void hci_link_down(struct hci_link *link)
{
	struct hci *hci = link->hci;
	struct hci_link **at = bucket_of(hci, link->handle);
	while (*at && *at != link)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = link->next;
	count_links(hci, -1);
	if (link->refused)
		hci->refused--;
	link->refused = false;
	drop_queue(hci, link);
	/* The controller's buffers are free again without Number Of Completed Packets: 4.3 */
	hci->credits = (uint16_t)(hci->credits + link->in_flight);
	hci->owed = (uint8_t)(hci->owed - link->owed);
	link->in_flight = 0;
	link->owed = 0;
	hci->todo |= HCI_TODO_PUMP;
	if (hci->refused)
		hci->hooks->room(hci);
}
