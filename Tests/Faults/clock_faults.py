"""Redis's clock is set by somebody."""

import datetime

from shifted_clock import ShiftedClock

from fault import Fault


class ClockJumps(Fault):
    """To just before the month's end, over it while the load goes on, and back to what it was."""

    name = "clock set over the month's end and back"
    leases_end = False

    def make_clock(self):
        return ShiftedClock()

    def strike(self, scene):
        end = next_month(datetime.datetime.now(datetime.UTC))
        scene.system.clock.set(end - datetime.timedelta(seconds=1 + scene.length / 2))
        scene.injected += 1
        scene.pause(scene.length + 1)
        self.mend(scene)
        scene.injected += 1

    def mend(self, scene):
        scene.system.clock.set(datetime.datetime.now(datetime.UTC))


def next_month(now):
    """When the next one begins."""
    return (now.replace(day=1) + datetime.timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
