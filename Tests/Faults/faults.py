"""All faults, each with the system that it is done to."""

from clock_faults import ClockJumps
from cluster_faults import (
    ManualFailOver, MasterFrozen, MasterKilled, MasterPartitioned, MasterRestarted, ReplicaKilled, Resharding, TakeOver,
)
from crowd_faults import ManyCallers, ManyConnections, SlowCallers, SlowConsumers
from fault import NoFault
from network_faults import Delay, HalfReplies, LostReplies, Partition, Refused
from sentinel_faults import PrimaryFrozen, PrimaryKilled, SentinelFailOver
from server_faults import (
    Busy, ClientKill, Freeze, Kill, MaxMemory, ReadOnly, ScriptFlush, TooFewReplicas, TruncatedLog,
)
from service_faults import KillService

FAULTS = [
    NoFault,
    Kill, TruncatedLog, Freeze, ScriptFlush, ClientKill, Busy, MaxMemory, ReadOnly, TooFewReplicas, ClockJumps,
    ManyConnections, ManyCallers, SlowConsumers, SlowCallers,
    Delay, HalfReplies, Partition, LostReplies, Refused,
    KillService,
    MasterKilled, MasterFrozen, MasterPartitioned, MasterRestarted, ReplicaKilled, ManualFailOver, TakeOver, Resharding,
    PrimaryKilled, PrimaryFrozen, SentinelFailOver,
]
# The form for every day.
SHORT = [
    NoFault, Kill, TruncatedLog, Freeze, ClientKill, MaxMemory, ClockJumps, HalfReplies, Partition, MasterKilled,
    Resharding, PrimaryKilled,
]
