-- Counts 1 to 512 contacts that were admitted while Redis could not be asked, in the period in which that was: they were
-- touched, so that they count beyond the limit, too.
--
-- KEYS  1 members, 2 held, 3 stats, 4 plan, 5 merged, 6 outbox, as in activate.lua; 7 erased, as in erase.lua; all of the
--         period in which they were admitted
-- ARGV  1           name of the period, as in the keys
--       2, 3        when members and when stats of that period expire, in epoch seconds
--       4, 5        limit and mode of an account that has no plan of its own
--       6           identities, of the current period only, 7 percentages that are told, as in activate.lua
--       8           the tombstones' key, its fingerprint, if that is the current period and there is one; otherwise empty
--       9           1 if nothing is to be written
--       10          number of contacts
--       11 …        contacts; then the fields of stats, DD:KIND; then their tombstones, or empty strings without a key
-- Reply {used, held, limit, mode, verdicts, notices}: the standing before this call and a letter for each contact:
--       a counted just now   m counted before
-- Error WRONG_IDENTITIES as in activate.lua; NEEDS_KEY if contacts were erased and there are no tombstones to find them by
--
-- Who was erased since it was admitted is counted by its tombstone. Whatever is replayed a second time changes nothing.
--
-- Example, with a limit of 2 and ann counted:
--   EVAL … 7 M H S P G O E 2026-11 1800000000 1830000000 2 hard '' 80,100 '' '' 3 ann bob eve
--     24:campaign 24:campaign 25:scenario '' '' ''
--   {1, 0, 2, 'hard', 'maa', 2}; then M holds ann, bob and eve, and S has 24:campaign:activated 1 and
--   25:scenario:activated 1

local members, held, stats, plan, merged, outbox, erased =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local period, number, first = ARGV[1], tonumber(ARGV[10]), 11

local p = redis.call('HMGET', plan, 'limit', 'mode', 'nextLimit', 'nextMode', 'planAfter', 'identities', 'thresholds')
if (p[6] or '') ~= ARGV[6] then return redis.error_reply('WRONG_IDENTITIES ' .. (p[6] or '')) end
if ARGV[#ARGV] == '' and redis.call('EXISTS', erased) == 1 then return redis.error_reply('NEEDS_KEY') end
local limit, mode = p[1], p[2]
if p[5] and period > p[5] then limit, mode = p[3], p[4] end
limit, mode = tonumber(limit or ARGV[4]), mode or ARGV[5]

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local used = redis.call('SCARD', members)
local slots = redis.call('ZCOUNT', held, string.format('(%.0f', now_ms), '+inf')

-- Each goes by its own name, the one that it was merged into, or its tombstone: if it was erased while a slot was held for
-- it, or before it was counted.
local names = {unpack(ARGV, first, first - 1 + number)}
local merges = redis.call('HMGET', merged, unpack(names))
local is_member = redis.call('SMISMEMBER', members, unpack(names))
local counted = {}
for i = 1, number do
    local tombstone = ARGV[first - 1 + 2 * number + i]
    local into = merges[i]
    if tombstone ~= '' then
        counted[i] = redis.call('SISMEMBER', members, tombstone) == 1
        into = into or redis.call('HGET', merged, tombstone)
        if not into and not counted[i] and is_member[i] == 0 then
            local is_held = tonumber(redis.call('ZSCORE', held, tombstone) or 0) > now_ms
            into = (is_held or redis.call('SISMEMBER', erased, tombstone) == 1) and tombstone
        end
    end
    if into then
        names[i] = into
        is_member[i] = redis.call('SISMEMBER', members, into)
    end
end

local verdicts, admitted, seen, counts = {}, {}, {}, {}
local has_tombstones = false
for i = 1, number do
    local name = names[i]
    if counted[i] or is_member[i] == 1 or seen[name] then
        verdicts[i] = 'm'
    else
        verdicts[i] = 'a'
        seen[name] = true
        admitted[#admitted + 1] = name
        has_tombstones = has_tombstones or name == ARGV[first - 1 + 2 * number + i]
        local field = ARGV[first - 1 + number + i]
        counts[field] = (counts[field] or 0) + 1
    end
end

local new, notices = #admitted, 0
local reply = {used, slots, limit, mode, table.concat(verdicts), 0}
if new == 0 or ARGV[9] == '1' then return reply end

redis.call('SADD', members, unpack(admitted))
redis.call('ZREM', held, unpack(admitted))
local is_first = used == 0
for field, count in pairs(counts) do
    if redis.call('HINCRBY', stats, field .. ':activated', count) == count then
        redis.call('EXPIREAT', stats, ARGV[3])
        is_first = true
    end
end
if is_first then redis.call('EXPIREAT', members, ARGV[2]) end
-- So that who comes back is looked for by its tombstone.
if has_tombstones and ARGV[8] ~= '' then redis.call('HSET', plan, 'identities', period .. ':' .. ARGV[8]) end

-- As in settle.lua.
if mode ~= 'unlimited' then
    for percent in string.gmatch(p[7] or ARGV[7], '%d+') do
        local mark = math.ceil(limit * percent / 100)
        if used < mark and used + new >= mark then
            notices = notices + 1
            redis.call('XADD', outbox, 'MAXLEN', '~', 1000, '*',
                'event', percent == '100' and 'limit.reached' or 'threshold.reached', 'period', period,
                'threshold', percent, 'limit', limit, 'used', used + new)
            redis.call('EXPIREAT', outbox, ARGV[2])
            local told = redis.call('HGET', plan, 'told') or ''
            local told_period = string.match(told, '^%S*')
            if told_period < period then told = period .. ' ' end
            -- What was told in a later period is still of use.
            if told_period <= period then redis.call('HSET', plan, 'told', told .. percent .. '/' .. limit .. ' ') end
        end
    end
end
reply[6] = notices
return reply
