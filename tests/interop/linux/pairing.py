"""Linux and ours pair, in every way that both have users for; keep their keys, start again, and come back encrypted."""


async def linux_is_central(record, wanted, outcome):
    pass


async def linux_is_peripheral(record, wanted, outcome):
    pass
