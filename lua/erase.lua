-- Takes a contact's identity out of one period: a tombstone stands in its place, so that the count stays.
--
-- KEYS  1 members, 2 held, 3 plan, 4 merged, as in activate.lua; 5 holders, as in reserve.lua; all but the plan of the
--         period in question, which need not be the current one
--       6 erased    set of tombstones of contacts that were erased before they were counted, which journal.lua looks at
-- ARGV  1, 2, 3     calendar and day, as in activate.lua
--       4           name of the current period   5 name of the period in question   6 the tombstones' key, its fingerprint
--       7 contact   8 its tombstone   9 when erased expires, in epoch seconds
--       10 …        contacts that were merged into it, each followed by its tombstone
-- Reply 1 if the contact was counted or held in the period, or merged into another, 0 otherwise
-- Error STALE_PERIOD, WRONG_CALENDAR as in activate.lua; OTHER_KEY if tombstones of the current period were made with
--       another key
--
-- Example: EVAL … 6 M H P G L E '||||' 1795478400 1795564800 2026-11 2026-11 0a1b2c3d ann "\1erased:…" 1800000000  ->  1

local members, held, plan, merged, holders, erased = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local contact, tombstone = ARGV[7], ARGV[8]
local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', plan, 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom', 'identities')
local calendar = table.concat({p[1] or '', p[2] or '', p[3] or '', p[4] or '', p[5] or ''}, '|')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end
local is_current = ARGV[4] == ARGV[5]
local marked, key = string.match(p[6] or '', '^([^:]*):?(.*)$')
if is_current and marked == ARGV[5] and key ~= '' and key ~= ARGV[6] then
    return redis.error_reply('OTHER_KEY ' .. key)
end

-- Always put in before taken out: a key that is empty for a moment loses its expiry.
local found = redis.call('SISMEMBER', members, contact)
if found == 1 then
    redis.call('SADD', members, tombstone)
    redis.call('SREM', members, contact)
elseif redis.call('SISMEMBER', members, tombstone) == 0 then
    redis.call('SADD', erased, tombstone)
    redis.call('EXPIREAT', erased, ARGV[9])
end
local lease_end = redis.call('ZSCORE', held, contact)
if lease_end then
    found = 1
    redis.call('ZADD', held, lease_end, tombstone)
    redis.call('ZREM', held, contact)
end
local record = redis.call('HGET', holders, contact)
if record then
    found = 1
    redis.call('HSET', holders, tombstone, record)
    redis.call('HDEL', holders, contact)
end
local function rename(from, from_tombstone, into)
    redis.call('HSET', merged, from_tombstone, into)
    redis.call('HDEL', merged, from)
    found = 1
end
local into = redis.call('HGET', merged, contact)
if into then rename(contact, tombstone, into) end
for i = 10, #ARGV, 2 do
    if redis.call('HGET', merged, ARGV[i]) == contact then rename(ARGV[i], ARGV[i + 1], tombstone) end
end
if found == 1 and is_current then redis.call('HSET', plan, 'identities', ARGV[5] .. ':' .. ARGV[6]) end
return found
