"""What a network does between services and a redis-server."""

import random

from fault import Fault
from proxy import REPLIES, REQUESTS


class NetworkFault(Fault):
    has_proxy = True


class Delay(NetworkFault):
    name = "0.3 s of delay each way"

    def strike(self, scene):
        scene.injected += 1
        with scene.proxy.behaving(delay=0.3):
            scene.pause(scene.length + 0.6)


class HalfReplies(NetworkFault):
    """Connections break in the middle of a reply, again and again."""

    name = "replies cut in half"

    def strike(self, scene):
        def cut():
            scene.proxy.behave(cut_after=random.randint(1, 3_000))

        scene.repeatedly(cut, every=0.05)
        scene.proxy.behave()
        scene.proxy.reset()


class Partition(NetworkFault):
    """Nothing arrives on either side. When it is over, what was sent arrives, also from those who gave up."""

    name = "partition"

    def strike(self, scene):
        scene.injected += 1
        with scene.proxy.behaving(holds=frozenset({REQUESTS, REPLIES})):
            with scene.outage():
                scene.pause(scene.length + 1)


class LostReplies(NetworkFault):
    """Redis carries everything out, and nobody hears of it."""

    name = "partition of replies only"

    def strike(self, scene):
        scene.injected += 1
        with scene.proxy.behaving(holds=frozenset({REPLIES})):
            scene.pause(scene.length + 1)
            scene.proxy.reset()


class Refused(NetworkFault):
    name = "connections reset and refused"

    def strike(self, scene):
        with scene.proxy.behaving(refuses=True):
            scene.repeatedly(scene.proxy.reset, every=0.2)
