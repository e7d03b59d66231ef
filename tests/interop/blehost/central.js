// ble-host's central, told what to do line by line; the words are those of client.c, as far as its interface has them.
// It finds a whole tree at once ("tree"), and knows an attribute by its object: `objects` finds that by handle.
'use strict';

const readline = require('readline');
const { manager, short, say } = require('./hci.js');

const objects = new Map();
let host, connection;

const hex = (text) => text === '-' ? Buffer.alloc(0) : Buffer.from(text, 'hex');
const bits = ['broadcast', 'read', 'writeWithoutResponse', 'write', 'notify', 'indicate', 'authenticatedSignedWrites',
	'extendedProperties'];
const octet = (properties) => bits.reduce((all, name, i) => all | (properties[name] ? 1 << i : 0), 0);
const attribute = (handle) => {
	if (!objects.has(Number(handle)))
		throw new Error(`handle ${handle} has not been discovered`);
	return objects.get(Number(handle));
};
// A callback whose first argument is an ATT error code, as a promise. It is never called when the link has ended.
const att = (call) => new Promise((resolve, reject) => {
	const gone = () => reject(new Error('the link has ended'));
	connection.once('disconnect', gone);
	call((err, value) => {
		connection.removeListener('disconnect', gone);
		err ? reject(err) : resolve(value);
	});
});
const found = (call) => new Promise((resolve) => call(resolve));

function onChange(characteristic) {
	characteristic.removeAllListeners('change');
	characteristic.on('change', (value, indication, confirm) => {
		say({ event: 'notified', handle: characteristic.valueHandle, indication, value: value.toString('hex') });
		if (indication)
			confirm();
	});
}

// Included services are left out: centrals.py says why.
async function tree() {
	for (const s of await found((cb) => connection.gatt.discoverAllPrimaryServices(cb))) {
		say({ event: 'service', start: s.startHandle, end: s.endHandle, uuid: short(s.uuid) });
		for (const c of await found((cb) => s.discoverCharacteristics(cb))) {
			objects.set(c.valueHandle, c);
			onChange(c);
			say({ event: 'characteristic', start: c.declarationHandle, handle: c.valueHandle,
				properties: octet(c.properties), uuid: short(c.uuid) });
			for (const d of await found((cb) => c.discoverDescriptors(cb))) {
				objects.set(d.handle, d);
				say({ event: 'descriptor', handle: d.handle, uuid: short(d.uuid) });
			}
		}
	}
}

function connect(name) {
	return new Promise((resolve) => {
		const scanner = host.startScan({ activeScan: false });
		scanner.on('report', (report) => {
			if (report.parsedDataItems.localName !== name || connection === null)
				return;
			connection = null;
			scanner.stopScan();
			host.connect(report.addressType, report.address, { connIntervalMin: 6, connIntervalMax: 6 }, (made) => {
				connection = made;
				made.on('disconnect', (reason) => say({ event: 'disconnected', reason }));
				made.on('connectionUpdate', (interval) => say({ event: 'interval', us: interval * 1250 }));
				resolve();
			});
		});
	});
}

const commands = {
	connect,
	tree,
	mtu: async () => {
		await att((cb) => connection.gatt.exchangeMtu(cb));
		say({ event: 'mtu', mtu: connection.gatt.currentMtu });
	},
	services: async (uuid) => {
		for (const s of await found((cb) => connection.gatt.discoverServicesByUuid(uuid, undefined, cb)))
			say({ event: 'service', start: s.startHandle, end: s.endHandle, uuid: short(s.uuid) });
	},
	read: async (handle) => {
		const value = await att((cb) => attribute(handle).read(cb));
		say({ event: 'value', handle: Number(handle), value: value.toString('hex') });
	},
	write: (handle, value) => att((cb) => attribute(handle).write(hex(value), cb)),
	command: (handle, value) => found((cb) => attribute(handle).writeWithoutResponse(hex(value), cb)),
	subscribe: (handle, end, wanted) =>
		att((cb) => attribute(handle).writeCCCD((wanted & 1) !== 0, (wanted & 2) !== 0, cb)),
	begin: async () => connection.gatt.beginReliableWrite(),
	commit: () => att((cb) => connection.gatt.commitReliableWrite(cb)),
	cancel: () => att((cb) => connection.gatt.cancelReliableWrite(cb)),
	forget: (start, end) => found((cb) => connection.gatt.invalidateServices(Number(start), Number(end), cb)),
	interval: (us) => new Promise((resolve, reject) => {
		const units = Number(us) / 1250;
		connection.updateConnParams({ connIntervalMin: units, connIntervalMax: units },
			(status) => status ? reject(new Error(`status ${status}`)) : resolve());
	}),
	disconnect: () => new Promise((resolve) => {
		connection.on('disconnect', resolve);
		connection.disconnect();
	}),
};

async function obey(line) {
	const [name, ...words] = line.trim().split(' ');
	try {
		await commands[name](...words);
		say({ event: 'done', err: 0 });
	} catch (err) {
		say({ event: 'done', err: Number.isInteger(err) ? -(0x100 + err) : 1, why: String(err) });
	}
}

(async () => {
	host = await manager('C1:C2:C3:C4:C5:C6');
	const lines = readline.createInterface({ input: process.stdin });
	for await (const line of lines)
		await obey(line);
	process.exit(0);
})();
