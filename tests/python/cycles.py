#!/usr/bin/env python3
"""Starts and stops the module again and again, and says what is left: cycles.py [how often]  (10000; .ci/run)

Our own counters must be at zero, no thread and no descriptor may be left; the slope of resident memory over the last 90 %
of the run is printed, and judged in runs that are long enough to have one.
"""

import os
import resource
import sys
import threading
import time

import glint
from wireless import ble

LONG = 5000
MOST_OCTETS_A_CYCLE = 8  # a megabyte in ten days of a cycle every minute


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def slope(points):
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    world = glint.sim.World()
    world.node().init()
    told = iter(range(count + 1))
    ble.add_callback(ble.EVT_ADV_STARTED, lambda _: next(told))
    level = ble.Characteristic(0x2A19, ble.READ | ble.NOTIFY, 1)
    ble.add_service(ble.Service(0x180F, characteristics=[level]))
    points, begun = [], time.process_time()
    for i in range(count):
        ble.start()
        ble.start_advertising()
        world.sleep(0.05)
        level.set_value(i & 255)
        ble.stop()
        if i * 10 >= count and i % max(1, count // 200) == 0:
            points.append((i, resident()))
        if i == 0:
            descriptors = len(os.listdir("/proc/self/fd"))
    stats, found = ble.stats(), slope(points)
    left = {"queued": stats["queued"], "held": stats["held"], "events dropped": stats["events_dropped"],
            "packets out": stats["tx_total"] - stats["tx_idle"], "threads": threading.active_count() - 1,
            "descriptors": len(os.listdir("/proc/self/fd")) - descriptors, "callbacks missing": count - next(told)}
    print(f"{count} cycles in {time.process_time() - begun:.1f} CPU s, {found:.1f} octets of memory a cycle over the last 90 %, "
          f"left: {', '.join(f'{value} {name}' for name, value in left.items())}")
    ok = not any(left.values()) and (count < LONG or found < MOST_OCTETS_A_CYCLE)
    print(f"{int(ok)} passed, {int(not ok)} failed")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
