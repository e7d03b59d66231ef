"""beacon_reader.py by the modern face: Eddystone beacons and iBeacons that are heard.

python3 async_beacon_reader.py, and in another terminal: python3 async_beacon.py
"""

import asyncio

import glint
from wireless import ble_beacons as beacons

NAMES = {beacons.EDDY_UID: "UID", beacons.EDDY_URL: "URL", beacons.EDDY_TLM: "TLM"}


def explain(packet):
    try:
        return (NAMES[beacons.eddy_decode_type(packet)], *beacons.eddy_decode(packet))
    except ValueError:
        return ("iBeacon", *beacons.ibeacon_decode(packet))


async def main(world=None):
    async with glint.Central(world=world) as central:
        async for report in central.scan(active=False):
            try:
                name, *fields = explain(report.data)
            except ValueError:
                continue
            print(name, *(glint.btos(field) if isinstance(field, bytes) else field for field in fields))


if __name__ == "__main__":
    asyncio.run(main())
