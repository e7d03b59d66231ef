// What ble-host attaches to: an emitter of whole H4 packets over the socket of glint-air, and a manager on it.
'use strict';

const EventEmitter = require('events');
const net = require('net');
const { BleManager } = require('ble-host');

// Octets of a packet whose beginning is b; 0 while too little of it is known. Vol 4 Part A 2.
function packetLength(b) {
	const head = { 2: 5, 4: 3 }[b[0]];
	if (!head)
		throw new Error(`packet indicator ${b[0]} from the controller`);
	if (b.length < head)
		return 0;
	return head + (b[0] === 2 ? b.readUInt16LE(3) : b[2]);
}

class Transport extends EventEmitter {
	constructor(path) {
		super();
		let rest = Buffer.alloc(0);
		this.socket = net.connect(path);
		this.socket.on('data', (data) => {
			rest = Buffer.concat([rest, data]);
			for (let n; rest.length && (n = packetLength(rest)) && n <= rest.length; rest = rest.subarray(n))
				this.emit('data', Buffer.from(rest.subarray(0, n)));
		});
		this.socket.on('close', () => this.emit('close'));
	}

	write(packet) {
		this.socket.write(packet);
	}
}

// A manager whose controller is up.
function manager(address) {
	return new Promise((resolve, reject) => {
		BleManager.create(new Transport(process.env.AIR), { staticRandomAddress: address },
			(err, made) => err ? reject(err) : resolve(made));
	});
}

// UUIDs as cases.py writes them: 4 or 32 hexadecimal digits.
function short(uuid) {
	const bare = uuid.replace(/-/g, '').toLowerCase();
	return bare.endsWith('00001000800000805f9b34fb') && bare.startsWith('0000') ? bare.slice(4, 8) : bare;
}

function long(uuid) {
	return uuid.length === 4 ? parseInt(uuid, 16)
		: uuid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toUpperCase();
}

function say(line) {
	process.stdout.write(JSON.stringify(line) + '\n');
}

module.exports = { manager, short, long, say };
