// The test device of tree.json on ble-host; device.c says what it does.
'use strict';

const { AdvertisingDataBuilder } = require('ble-host');
const { manager, long, say } = require('./hci.js');

const tree = require('../tree.json');
const REFUSED = 0x80, BAD_VALUE = 0x81, LATER_MS = 150;
const words = { 'write-command': 'write-without-response', reliable: 'reliable-write' };
const byUuid = new Map();
const written = { commands: 0 };
let host, connection, later;

const uuid = (text) => long(text[0] === 'x' ? tree.base.replace('____', text.slice(1)) : text);
const pattern = (text, length) => {
	const first = parseInt(text.slice(-2), 16);
	return Buffer.from(Array.from({ length }, (_, i) => first + 7 * i & 0xff));
};

const reads = {
	refused: (c, done) => done(REFUSED),
	later: (c, done) => setTimeout(() => done(0, c.value), LATER_MS),
	commands: (c, done) => {
		const value = Buffer.alloc(4);
		value.writeUInt32LE(written.commands);
		done(0, value);
	},
};

function send(c, count, indicate, length = 20) {
	for (let n = 0; n < count; n++) {
		const value = pattern('00', length).map((octet) => octet + n & 0xff);
		indicate ? c.indicate(connection, Buffer.from(value)) : c.notify(connection, Buffer.from(value));
	}
}

function changed(service) {
	const range = Buffer.alloc(4);
	range.writeUInt16LE(service.startHandle, 0);
	range.writeUInt16LE(service.endHandle, 2);
	host.gattDb.getSvccCharacteristic().indicateAll(range);
}

function obey(order) {
	const [what, count] = order;
	if (what >= 1 && what <= 3 && order.length === 2) {
		const c = byUuid.get('x020' + what);
		send(c, count, what === 2 || what === 3 && !c.notifying);
	} else if ((what === 7 || what === 9) && order.length === 4) {
		send(byUuid.get(what === 7 ? 'x0201' : 'x0202'), order.readUInt16LE(1), what === 9, order[3]);
	} else if (what === 6) {
		connection.disconnect();
	} else if (what === 8) {
		connection.updateConnParams({ connIntervalMin: 24, connIntervalMax: 24 });
	} else if (what === 4) {
		host.gattDb.addServices([later = make(tree.later)]);
		changed(later);
	} else if (what === 5) {
		host.gattDb.removeService(later);
		changed(later);
	} else {
		return BAD_VALUE;
	}
	return 0;
}

function onWrite(c, needsResponse, value, done) {
	let err = 0;
	if (c.text === 'x0204')
		err = obey(value);
	else if (c.judged && value[0] === 0xff)
		err = BAD_VALUE;
	if (!err)
		c.value = Buffer.from(value);
	written.commands += needsResponse ? 0 : 1;
	done(err);
}

function characteristic(entry) {
	const c = {
		text: entry.uuid,
		uuid: uuid(entry.uuid),
		properties: entry.properties.map((p) => words[p] || p),
		maxLength: entry.size || entry.length,
		value: pattern(entry.uuid, entry.length),
		judged: entry.write === 'judged',
		descriptors: [],
		onWrite: (from, needsResponse, value, done) => onWrite(c, needsResponse, value, done),
		onSubscriptionChange: (from, notify) => { c.notifying = notify; },
	};
	if (entry.read)
		c.onRead = (from, done) => reads[entry.read](c, done);
	if (entry.description)
		c.descriptors.push({ uuid: 0x2901, value: entry.description, writePerm: 'not-permitted' });
	if (entry.format)
		c.descriptors.push({ uuid: 0x2904, value: Buffer.from(entry.format, 'hex'), writePerm: 'not-permitted' });
	if (entry.properties.includes('broadcast'))
		c.descriptors.push({ uuid: 0x2903, value: Buffer.alloc(2), maxLength: 2 });
	byUuid.set(entry.uuid, c);
	return c;
}

// Without the services that it includes: peripherals.py says why.
function make(entry) {
	return {
		uuid: uuid(entry.uuid),
		isSecondaryService: !!entry.secondary,
		characteristics: entry.characteristics.map(characteristic),
	};
}

function advertise() {
	host.startAdvertising({ intervalMin: 0x20, intervalMax: 0x20 }, (status, made) => {
		connection = made;
		made.on('disconnect', advertise);
	});
}

(async () => {
	host = await manager('C2:C2:C3:C4:C5:C6');
	host.gattDb.setDeviceName(tree.name);
	host.gattDb.addServices(tree.services.map(make));
	host.setAdvertisingData(new AdvertisingDataBuilder()
		.addFlags(['leGeneralDiscoverableMode', 'brEdrNotSupported'])
		.addLocalName(true, tree.name)
		.build());
	advertise();
	say({ event: 'advertising' });
})();
