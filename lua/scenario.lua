-- Makes, replaces, enables, disables or removes a scenario of an account.
--
-- KEYS  1 scenarios, 2 scenario, 3 jobs, 4 runs, 5 queue, 6 again, 7 later, 8 parked, 9 cooling, 10 ended, as in trigger.lua,
--       claim.lua and advance.lua
-- ARGV  1 id   2 add, put, running, paused or remove
--       for add and put: 3 the definition as JSON, 4 state, empty for as it was, or running   5 nonce
--       6 … fields and values of the scenario
-- Reply {1 or 0, number}: whether it was done; for put, 1 if it was made; for remove, how many runs were under way
--
-- Example: EVAL … 10 I S J R Q A L P C E welcome add '{…}' running x7Qp window 86400000 delays 0  ->  {1, 0}

local index, scenario, id, what = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local known = redis.call('HGET', index, id)
local time = redis.call('TIME')
local now_text = string.format('%.0f', time[1] * 1000 + math.floor(tonumber(time[2]) / 1000))
-- The first version is the time: never that of an account that was removed and came back.
local function count_version()
    if redis.call('HSETNX', index, ':version', now_text) == 0 then redis.call('HINCRBY', index, ':version', 1) end
end
if what == 'add' or what == 'put' then
    local nonce = redis.call('HGET', scenario, 'nonce')
    -- The same call once more, after its answer was lost.
    local is_repeated = known and nonce == ARGV[5]
    if known and what == 'add' then return {is_repeated and 1 or 0, 0} end
    if not known and redis.call('HLEN', index) > 200 then return {0, -1} end
    local state = ARGV[4] ~= '' and ARGV[4] or known and string.match(known, '^%a+') or 'running'
    if not known then redis.call('HSET', scenario, 'created', now_text, 'nonce', ARGV[5]) end
    redis.call('HSET', scenario, 'state', state, unpack(ARGV, 6))
    redis.call('HSET', index, id, state .. ' ' .. ARGV[3])
    count_version()
    return {1, (not known or is_repeated) and 1 or 0}
end
if not known then return {0, 0} end
count_version()
if what == 'remove' then
    local runs = redis.call('HLEN', KEYS[3])
    redis.call('HDEL', index, id)
    redis.call('UNLINK', unpack(KEYS, 2))
    return {1, runs}
end
redis.call('HSET', scenario, 'state', what)
redis.call('HSET', index, id, what .. string.match(known, ' .*$'))
return {1, 0}
