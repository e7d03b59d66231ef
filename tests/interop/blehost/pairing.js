// ble-host pairs: what pairing.c is, on the other side. Arguments: central or peripheral, the capability of its user, then
// mitm, legacy. Lines in: connect, passkey N, yes, ready, subscribe, notify N, disconnect. Lines out: advertising, connected
// ADDRESS IDENTITY, passkey N, wanted, compare N, paired MITM SC SIZE, failed REASON, encrypted, subscribed, ready, notified HEX, disconnected.
'use strict';

const readline = require('readline');
const { AdvertisingDataBuilder, AssociationModels, IOCapabilities } = require('ble-host');
const { manager } = require('./hci.js');

const [role, capability, ...wants] = process.argv.slice(2);
const features = { ioCap: IOCapabilities[capability], bondingFlags: 1, mitm: wants.includes('mitm'), sc: !wants.includes('legacy') };
const say = (...words) => process.stdout.write(words.join(' ') + '\n');
let host, connection, level, answer;

function onPasskey(model, number, callback) {
	answer = callback;
	if (model === AssociationModels.NUMERIC_COMPARISON)
		say('compare', number);
	else if (number)
		say('passkey', number);
	else
		say('wanted');
}

// A Security Request, or a Pairing Request: either is answered with what we are like.
function onConnection(made) {
	connection = made;
	made.smp.on('pairingRequest', (req, callback) => callback(features));
	made.smp.on('passkeyExchange', onPasskey);
	made.smp.on('pairingComplete', () => {
		const { mitm, sc, keySize } = made.smp.currentEncryptionLevel;
		say('paired', Number(mitm), Number(sc), keySize);
	});
	made.smp.on('pairingFailed', (reason) => say('failed', reason));
	made.smp.on('encrypt', (status) => status ? say('failed', status) : say('encrypted'));
	made.on('disconnect', () => {
		say('disconnected');
		if (role === 'peripheral')
			advertise();
	});
	say('connected', made.peerAddress, made.peerIdentityAddress || '-');
}

function advertise() {
	host.startAdvertising({ intervalMin: 0x20, intervalMax: 0x20 }, (status, made) => onConnection(made));
}

function serve() {
	host.gattDb.setDeviceName('Pairing');
	level = {
		uuid: 0x2A19, properties: ['read', 'notify'], readPerm: 'encrypted', value: Buffer.from([42]), maxLength: 1,
		onSubscriptionChange: (from, notify) => say('subscribed', Number(notify)),
	};
	host.gattDb.addServices([{ uuid: 0x180F, characteristics: [level] }]);
	host.setAdvertisingData(new AdvertisingDataBuilder()
		.addFlags(['leGeneralDiscoverableMode', 'brEdrNotSupported']).addLocalName(true, 'Pairing').build());
	advertise();
	say('advertising');
}

function find() {
	const scanner = host.startScan({ activeScan: false });
	scanner.on('report', (report) => {
		if (report.parsedDataItems.localName !== 'Pairing' || !find.wanted)
			return;
		find.wanted = false;
		scanner.stopScan();
		host.connect(report.addressType, report.address, { connIntervalMin: 6, connIntervalMax: 6 }, onConnection);
	});
}

// The value's characteristic, once more on each connection; of a bonded peer it is remembered.
function known() {
	return new Promise((resolve) => connection.gatt.discoverServicesByUuid(0x180F, undefined, ([service]) =>
		service.discoverCharacteristics(([found]) => {
			level = found;
			found.on('change', (value) => say('notified', value.toString('hex')));
			resolve(found);
		})));
}

const commands = {
	connect: () => {
		find.wanted = true;
		find();
	},
	passkey: (number) => answer(number),
	yes: () => answer(),
	ready: () => known().then(() => say('ready')),
	subscribe: () => known().then((found) => found.writeCCCD(true, false, (err) => say(err ? 'failed' : 'subscribed', err || 1))),
	read: () => level.read((err, value) => say(err ? 'failed' : 'value', err || value.toString('hex'))),
	notify: (number) => level.notify(connection, Buffer.from([Number(number)])),
	disconnect: () => connection.disconnect(),
};

(async () => {
	host = await manager(role === 'central' ? 'C1:C2:C3:C4:C5:C6' : 'C2:C2:C3:C4:C5:C6');
	if (role === 'peripheral')
		serve();
	else
		say('up');
	const lines = readline.createInterface({ input: process.stdin });
	for await (const line of lines) {
		const [name, ...words] = line.trim().split(' ');
		commands[name](...words);
	}
	process.exit(0);
})();
