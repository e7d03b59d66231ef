/*
 * The parameters of commands, events and control PDUs, in the language of decode_fields.c. Vol 4
 * Part E 7, Vol 6 Part B 2.4.2, Vol 3 Part A 4. What has no row is shown in hex.
 */
#include "decode.h"

#define PARAMS      "interval min:i,interval max:i,latency:w,supervision:t"
#define EVENT_TIMES "event min:s,event max:s"

struct row {
	uint16_t code;
	const char *fields;
};

static const struct row commands[] = {
	{ 0x0406, "handle:h,reason:e" },
	{ 0x041D, "handle:h" },
	{ 0x0C01, "mask:X" },
	{ 0x0C2D, "handle:h,type:u" },
	{ 0x0C31, "flow control:u" },
	{ 0x0C33, "ACL octets:w,synchronous octets:u,ACL packets:w,synchronous packets:w" },
	{ 0x0C35, ":N" },
	{ 0x0C63, "mask:X" },
	{ 0x0C6D, "LE host:n,:x" },
	{ 0x0C7B, "handle:h" },
	{ 0x0C7C, "handle:h,time-out:t" },
	{ 0x1405, "handle:h" },
	{ 0x2001, "mask:X" },
	{ 0x2005, "address:a" },
	{ 0x2006,
		"interval min:s,interval max:s,type:v,own address:T,peer:A,channel bits:u,filter "
		"policy:u" },
	{ 0x2008, ":D" },
	{ 0x2009, ":D" },
	{ 0x200A, ":n" },
	{ 0x200B, "type:V,interval:s,window:s,own address:T,filter policy:u" },
	{ 0x200C, ":n,filter duplicates:n" },
	{ 0x200D,
		"scan interval:s,scan window:s,filter policy:u,peer:A,own address:T," PARAMS
		"," EVENT_TIMES },
	{ 0x2011, "device:A" },
	{ 0x2012, "device:A" },
	{ 0x2013, "handle:h," PARAMS "," EVENT_TIMES },
	{ 0x2014, "channels:m" },
	{ 0x2015, "handle:h" },
	{ 0x2016, "handle:h" },
	{ 0x2020, "handle:h," PARAMS "," EVENT_TIMES },
	{ 0x2021, "handle:h,reason:e" },
	{ 0x2022, "handle:h,octets:w,time:U" },
	{ 0x2024, "octets:w,time:U" },
	{ 0x2030, "handle:h" },
	{ 0x2031, "no preference:u,TX:Y,RX:Y" },
	{ 0x2032, "handle:h,no preference:u,TX:Y,RX:Y,options:w" },
};

static const struct row returns[] = {
	{ 0x0C2D, "handle:h,TX power:p" },
	{ 0x1001, "version:c,revision:w,LMP version:c,company:C,subversion:w" },
	{ 0x1002, ":l" },
	{ 0x1003, "features:X" },
	{ 0x1005, "ACL octets:w,synchronous octets:u,ACL packets:w,synchronous packets:w" },
	{ 0x1009, "address:a" },
	{ 0x1405, "handle:h,RSSI:p" },
	{ 0x2002, "octets:w,packets:u" },
	{ 0x2003, "features:X" },
	{ 0x2007, "TX power:p" },
	{ 0x200F, "entries:u" },
	{ 0x2015, "handle:h,channels:m" },
	{ 0x2018, "random:X" },
	{ 0x201C, "states:X" },
	{ 0x2020, "handle:h" },
	{ 0x2021, "handle:h" },
	{ 0x2022, "handle:h" },
	{ 0x2023, "octets:w,time:U" },
	{ 0x202F, "TX octets:w,TX time:U,RX octets:w,RX time:U" },
	{ 0x2030, "handle:h,TX:y,RX:y" },
};

static const struct row events[] = {
	{ 0x05, "status:e,handle:h,reason:e" },
	{ 0x08, "status:e,handle:h,encryption:n" },
	{ 0x0C, "status:e,handle:h,version:c,company:C,subversion:w" },
	{ 0x0F, "status:e,commands allowed:u,to:o" },
	{ 0x10, "code:u" },
	{ 0x13, ":N" },
	{ 0x1A, "link type:u" },
	{ 0x30, "status:e,handle:h" },
	{ 0x57, "handle:h" },
};

static const struct row le_events[] = {
	{ 0x01,
		"status:e,handle:h,role:r,peer:A,interval:i,latency:w,supervision:t,clock "
		"accuracy:u" },
	{ 0x03, "status:e,handle:h,interval:i,latency:w,supervision:t" },
	{ 0x04, "status:e,handle:h,features:X" },
	{ 0x05, "handle:h,random:X,diversifier:w" },
	{ 0x06, "handle:h," PARAMS },
	{ 0x07, "handle:h,TX octets:w,TX time:U,RX octets:w,RX time:U" },
	{ 0x0A,
		"status:e,handle:h,role:r,peer:A,local private address:a,peer private address:a,"
		"interval:i,latency:w,supervision:t,clock accuracy:u" },
	{ 0x0C, "status:e,handle:h,TX:y,RX:y" },
	{ 0x14, "handle:h,algorithm:u" },
};

static const struct row llcp[] = {
	{ 0x00, "window:q,offset:i,interval:i,latency:w,supervision:t,instant:w" },
	{ 0x01, "channels:m,instant:w" },
	{ 0x02, "reason:e" },
	{ 0x03, "random:X,diversifier:w,SKD of central:X,IV of central:H" },
	{ 0x04, "SKD of peripheral:X,IV of peripheral:H" },
	{ 0x07, "opcode:L" },
	{ 0x08, "features:X" },
	{ 0x09, "features:X" },
	{ 0x0C, "version:c,company:C,subversion:w" },
	{ 0x0D, "reason:e" },
	{ 0x0E, "features:X" },
	{ 0x0F, PARAMS ",periodicity:q,reference event:w,offsets:x" },
	{ 0x10, PARAMS ",periodicity:q,reference event:w,offsets:x" },
	{ 0x11, "opcode:L,reason:e" },
	{ 0x14, "RX octets:w,RX time:U,TX octets:w,TX time:U" },
	{ 0x15, "RX octets:w,RX time:U,TX octets:w,TX time:U" },
	{ 0x16, "TX:Y,RX:Y" },
	{ 0x17, "TX:Y,RX:Y" },
	{ 0x18, "central to peripheral:Y,peripheral to central:Y,instant:w" },
	{ 0x19, "PHYs:Y,channels:u" },
};

static const struct row signals[] = {
	{ 0x01, "reason:w,:x" },
	{ 0x06, "destination:w,source:w" },
	{ 0x07, "destination:w,source:w" },
	{ 0x12, PARAMS },
	{ 0x13, ":R" },
	{ 0x14, "PSM:w,channel:w,MTU:w,MPS:w,credits:w" },
	{ 0x15, "channel:w,MTU:w,MPS:w,credits:w,result:w" },
	{ 0x16, "channel:w,credits:w" },
};

#define PAIRING \
	"IO capability:I,out of band:n,authentication:B,key size:u,central keys:K,peripheral keys:K"

/* Vol 3 Part H 3.5, 3.6 */
static const struct row security[] = {
	{ 0x01, PAIRING },
	{ 0x02, PAIRING },
	{ 0x03, ":x" },
	{ 0x04, ":x" },
	{ 0x05, "reason:F" },
	{ 0x06, "long term key:x" },
	{ 0x07, "ediv:w,rand:X" },
	{ 0x08, "identity resolving key:x" },
	{ 0x09, ":A" },
	{ 0x0A, "signature key:x" },
	{ 0x0B, "authentication:B" },
	{ 0x0C, ":x" },
	{ 0x0D, ":x" },
	{ 0x0E, "key:u" },
};

static const char *find(const struct row *rows, size_t count, uint16_t code)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].code == code)
			return rows[i].fields;
	return NULL;
}

#define FIND(rows, code) find(rows, sizeof rows / sizeof *rows, code)

const char *fields_of_command(uint16_t opcode)
{
	return FIND(commands, opcode);
}

const char *fields_of_return(uint16_t opcode)
{
	return FIND(returns, opcode);
}

const char *fields_of_event(uint8_t code)
{
	return FIND(events, code);
}

const char *fields_of_le_event(uint8_t subevent)
{
	return FIND(le_events, subevent);
}

const char *fields_of_llcp(uint8_t opcode)
{
	return FIND(llcp, opcode);
}

const char *fields_of_signal(uint8_t code)
{
	return FIND(signals, code);
}

const char *fields_of_security(uint8_t code)
{
	return FIND(security, code);
}
