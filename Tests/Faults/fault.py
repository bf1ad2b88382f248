"""What is done to a system under load."""


class Fault:
    """Strikes once or several times: it begins, lasts a while, and is over."""

    name = ""
    # On what it can be done: standalone, cluster, sentinel.
    system = "standalone"
    # Whether a proxy is to stand before Redis.
    has_proxy = False
    # How often it strikes in the full form.
    strikes = 4
    # How long the load of the short form lasts, in seconds, in which it strikes once.
    seconds_in_short = 3
    # How much longer than planned it may last, in seconds.
    patience = 3.0
    # False where Redis's clock is set back.
    leases_end = True
    # No reply is lost: as if nothing were done.
    is_undisturbed = False

    def make_clock(self):
        """The clock that Redis goes by, if not the machine's."""
        return None

    def strike(self, scene):
        """From its beginning to its end."""

    def mend(self, scene):
        """After the load: as if it had never been."""

    def verify(self, scene, result):
        """What else must hold."""

    @classmethod
    def durabilities(cls, is_full):
        """The levels of durability to try it with. None is the default's."""
        return [None]

    def may_lose(self, system):
        """Whether Redis itself may forget what it has acknowledged."""
        return False


class NoFault(Fault):
    """What the others are to be compared with."""

    name = "none"
    is_undisturbed = True
