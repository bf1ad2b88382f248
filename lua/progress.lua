-- A scenario, and how many of its runs are under way: all at one moment.
--
-- KEYS  1 scenario, 2 jobs, 3 parked, as in trigger.lua and claim.lua
-- Reply {fields, active, parked}
--
-- Example: EVAL … 3 S J P  ->  {{'state', 'running', …}, 2, 1}

return {redis.call('HGETALL', KEYS[1]), redis.call('HLEN', KEYS[2]), redis.call('ZCARD', KEYS[3])}
