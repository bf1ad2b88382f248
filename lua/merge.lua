-- Makes two contacts one in the current period: the first goes by the second's name from then on. Nothing is given back:
-- were both counted, both stay counted.
--
-- KEYS  1 members, 2 held, 3 plan, 4 merged, as in activate.lua; 5 holders, as in reserve.lua
-- ARGV  1, 2, 3     calendar and day, as in activate.lua
--       4           name of the current period   5 when merged expires, in epoch seconds
--       6 from      7 into    8, 9 their tombstones, empty without a key
--       10 …        contacts that were merged into the first
-- Reply {from was counted, into was counted}, each 1 or 0
-- Error STALE_PERIOD, WRONG_CALENDAR as in activate.lua
--
-- Example: EVAL … 5 M H P G L '||||' 1795478400 1795564800 2026-11 1800000000 ann ann2  ->  {1, 0}; then M has ann2

local members, held, plan, merged, holders = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', plan, 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom', 'identities')
local calendar = table.concat({p[1] or '', p[2] or '', p[3] or '', p[4] or '', p[5] or ''}, '|')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end

local now_ms = now * 1000 + math.floor(tonumber(time[2]) / 1000)
-- By the name under which it is known: its own, the one that it was merged into, or its tombstone.
local function known(contact, tombstone)
    local name = redis.call('HGET', merged, contact)
    if name or tombstone == '' then return name or contact end
    local is_erased = redis.call('SISMEMBER', members, tombstone) == 1
        or tonumber(redis.call('ZSCORE', held, tombstone) or 0) > now_ms
    return redis.call('HGET', merged, tombstone) or is_erased and tombstone or contact
end
local from, into = known(ARGV[6], ARGV[8]), known(ARGV[7], ARGV[9])
local from_counted, into_counted = redis.call('SISMEMBER', members, from), redis.call('SISMEMBER', members, into)
if from == into then return {from_counted, into_counted} end

-- Always put in before taken out: a key that is empty for a moment loses its expiry.
if from_counted == 1 then
    if into_counted == 1 then
        -- Stands for the first, so that the count stays. No contact has such a name.
        local number = 0
        while redis.call('SADD', members, '\1merged:' .. time[1] .. time[2] .. number) == 0 do number = number + 1 end
    else
        redis.call('SADD', members, into)
    end
    redis.call('SREM', members, from)
end

local record, lease_end = redis.call('HGET', holders, from), redis.call('ZSCORE', held, from)
if from_counted == 1 or into_counted == 1 then
    redis.call('HDEL', holders, into)
    redis.call('ZREM', held, into)
else
    if record then
        local other = redis.call('HGET', holders, into)
        redis.call('HSET', holders, into, other and other .. ';' .. record or record)
    end
    if lease_end then
        local other = redis.call('ZSCORE', held, into)
        redis.call('ZADD', held, string.format('%.0f', math.max(tonumber(other or 0), tonumber(lease_end))), into)
    end
end
redis.call('HDEL', holders, from)
redis.call('ZREM', held, from)

for i = 10, #ARGV do
    if redis.call('HGET', merged, ARGV[i]) == from then redis.call('HSET', merged, ARGV[i], into) end
end
redis.call('HSET', merged, from, into)
redis.call('EXPIREAT', merged, ARGV[5])
if string.match(p[6] or '', '^[^:]*') ~= ARGV[4] then redis.call('HSET', plan, 'identities', ARGV[4]) end
return {from_counted, into_counted}
