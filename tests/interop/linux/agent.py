"""A user in front of BlueZ: sees what its agent shows, and does what the agent asks, as a test says."""

import asyncio

from bus import ADAPTER, ADAPTER_PATH, AGENT, AGENTS, BluezError


class User:
    """capabilities: as in bluez/doc/agent-api.txt. shown: passkeys, in turn. answers: what is asked: async function."""

    def __init__(self, bus, capabilities):
        self.bus, self.capabilities = bus, capabilities
        self.shown = asyncio.Queue()
        self.asked = []
        self.number = self.same = None  # async: which passkey is entered; whether a number is that of the other side

    async def _display(self, _device, passkey, entered):
        if not entered:
            self.asked.append("display")
            self.shown.put_nowait(passkey)

    async def _request(self, _device):
        self.asked.append("passkey")
        return "u", await self.number()

    async def _confirm(self, _device, passkey):
        self.asked.append("compare")
        if not await self.same(passkey):
            raise BluezError("Rejected", "not the same")

    async def _authorize(self, _device):
        self.asked.append("authorize")

    async def _service(self, _device, _uuid):
        self.asked.append("service")

    async def _over(self):
        self.asked.append("cancel")

    async def sit_down(self):
        path = "/agent"
        self.bus.serve(path, AGENT, DisplayPasskey=self._display, RequestPasskey=self._request,
                       RequestConfirmation=self._confirm, RequestAuthorization=self._authorize,
                       AuthorizeService=self._service, Cancel=self._over, Release=self._over)
        await self.bus.call("/org/bluez", AGENTS, "RegisterAgent", "os", path, self.capabilities)
        await self.bus.call("/org/bluez", AGENTS, "RequestDefaultAgent", "o", path)
        await self.bus.set(ADAPTER_PATH, ADAPTER, "Pairable", "b", True)

    async def leave(self):
        await self.bus.call("/org/bluez", AGENTS, "UnregisterAgent", "o", "/agent")
