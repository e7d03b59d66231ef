"""BlueZ on the guest's system bus: what it has (objects, kept up to date), what it is asked, and what it asks of us.

https://github.com/bluez/bluez/tree/5.66/doc describes the interfaces by these names.
"""

import asyncio
import contextlib

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.auth import AuthAnonymous
from dbus_fast.unpack import unpack_variants

from model import AttError

BLUEZ, ADAPTER_PATH = "org.bluez", "/org/bluez/hci0"
ADAPTER, DEVICE, AGENT, AGENTS = (f"org.bluez.{i}" for i in ("Adapter1", "Device1", "Agent1", "AgentManager1"))
SERVICE, CHARACTERISTIC, DESCRIPTOR = (f"org.bluez.Gatt{i}1" for i in ("Service", "Characteristic", "Descriptor"))
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
BUS = "org.freedesktop.DBus"
WAIT_S = 90  # for BlueZ to notice something, on two busy cores without KVM
ANSWER_S = 90  # for a call: pairing and connecting wait for others
# Errors of BlueZ that stand for one of ATT; the others have the code in their text.
CODES = {"NotPermitted": 0x03, "NotAuthorized": 0x08, "InvalidValueLength": 0x0D, "InvalidOffset": 0x07,
         "NotSupported": 0x06}
WORDS = {"Invalid Length": 0x0D, "Invalid offset": 0x07,
         "Read not permitted": 0x02, "Write not permitted": 0x03, "Not paired": 0x05}


class BluezError(Exception):
    pass


def error_of(reply):
    """An exception for an error reply of BlueZ."""
    name, text = reply.error_name.rpartition(".")[2], str(reply.body[0]) if reply.body else ""
    if "0x" in text:
        return AttError(int(text[text.index("0x"):].split()[0], 16))
    code = WORDS.get(text, CODES.get(name))
    return AttError(code) if code else BluezError(f"{name}: {text}")


class Bus:
    def __init__(self, bus):
        self.bus = bus
        self.objects = {}   # path: {interface: {property: value}}
        self.served = {}    # path: {(interface, member): async function of the arguments}
        self.waiting = []   # (condition, future)
        self.values = {}    # path of a characteristic: the queue for what it notifies
        self.tasks = set()
        self.there = False
        bus.add_message_handler(self._on_message)

    async def call(self, path, interface, member, signature="", *body, to=BLUEZ):
        reply = await asyncio.wait_for(self.bus.call(Message(
            destination=to, path=path, interface=interface, member=member, signature=signature, body=list(body))),
            ANSWER_S)
        if reply.message_type == MessageType.ERROR:
            raise error_of(reply)
        return unpack_variants(reply.body)

    async def set(self, path, interface, name, signature, value):
        await self.call(path, PROPERTIES, "Set", "ssv", interface, name, Variant(signature, value))

    def property(self, path, interface, name):
        return self.objects.get(path, {}).get(interface, {}).get(name)

    def having(self, interface, under=""):
        """(path, properties) of all objects with this interface."""
        return [(path, o[interface]) for path, o in sorted(self.objects.items())
                if interface in o and path.startswith(under)]

    async def until(self, condition, what, within_s=WAIT_S):
        """Waits until condition() is true; it is looked at again after each piece of news."""
        if condition():
            return
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((condition, future))
        try:
            await asyncio.wait_for(future, within_s)
        except asyncio.TimeoutError:
            raise BluezError(f"not within {within_s} s: {what}") from None

    def serve(self, path, interface, **members):
        """Methods of an object of ours: async functions; what they return is (signature, values...), or None."""
        for member, function in members.items():
            self.served.setdefault(path, {})[interface, member] = function

    def emit(self, path, interface, member, signature, *body):
        self.bus.send(Message(message_type=MessageType.SIGNAL, path=path, interface=interface, member=member,
                              signature=signature, body=list(body)))

    async def _answer(self, message, function):
        try:
            reply = await function(*unpack_variants(message.body)) or ("",)
            self.bus.send(Message.new_method_return(message, reply[0], list(reply[1:])))
        except BluezError as e:
            self.bus.send(Message.new_error(message, f"org.bluez.Error.{e.args[0]}", e.args[-1]))

    def _on_message(self, message):
        if message.message_type == MessageType.SIGNAL:
            self._on_signal(message.member, message.path, unpack_variants(message.body))
        elif message.message_type == MessageType.METHOD_CALL:
            function = self.served.get(message.path, {}).get((message.interface, message.member))
            if function:
                task = asyncio.ensure_future(self._answer(message, function))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
                return True
        return None

    def _on_signal(self, member, path, body):
        if member == "NameOwnerChanged":
            self.there = bool(body[2]) if body[0] == BLUEZ else self.there
        elif member == "InterfacesAdded":
            self.objects.setdefault(body[0], {}).update(body[1])
        elif member == "InterfacesRemoved":
            for interface in body[1]:
                self.objects.get(body[0], {}).pop(interface, None)
        elif member == "PropertiesChanged":
            self.objects.setdefault(path, {}).setdefault(body[0], {}).update(body[1])
            if body[0] == CHARACTERISTIC and "Value" in body[1] and path in self.values:
                self.values[path](bytes(body[1]["Value"]))
        for entry in list(self.waiting):
            condition, future = entry
            if future.done() or condition():
                self.waiting.remove(entry)
                if not future.done():
                    future.set_result(None)

    async def begin(self):
        """Listens to BlueZ, and waits for its adapter to be on."""
        for rule in (f"type='signal',interface='{OBJECTS}'", f"type='signal',interface='{PROPERTIES}'",
                     f"type='signal',sender='{BUS}',member='NameOwnerChanged'"):
            await self.call("/org/freedesktop/DBus", BUS, "AddMatch", "s", rule, to=BUS)
        self.there, = await self.call("/org/freedesktop/DBus", BUS, "NameHasOwner", "s", BLUEZ, to=BUS)
        await self.until(lambda: self.there, "bluetoothd is on the bus")
        self.objects.update((await self.call("/", OBJECTS, "GetManagedObjects"))[0])
        await self.until(lambda: self.having(ADAPTER), "BlueZ has hci0")
        await self.until(lambda: self.property(ADAPTER_PATH, ADAPTER, "Powered"), "hci0 is on")


@contextlib.asynccontextmanager
async def bus(address):
    link = await asyncio.wait_for(MessageBus(bus_address=address, auth=AuthAnonymous()).connect(), ANSWER_S)
    try:
        one = Bus(link)
        await one.begin()
        yield one
    finally:
        link.disconnect()
