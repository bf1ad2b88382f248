-- Activates 1 to 512 contacts of one account, in order, exactly up to its limit.
--
-- KEYS  1 members   set of the contacts activated in the period       hc:{acct_42}:2026-11
--       2 held      sorted set of held contacts by lease end, in ms   hc:{acct_42}:2026-11:held
--       3 stats     hash DD:KIND:activated, DD:KIND:refused           hc:{acct_42}:2026-11:stats
--       4 refused   HyperLogLog of refused contacts                   hc:{acct_42}:2026-11:refused
--       5 plan      hash of the account's plan                        hc:{acct_42}:plan
--       6 merged    hash of contacts merged into others               hc:{acct_42}:2026-11:merged
--       7 outbox    stream of notices not yet delivered               hc:{acct_42}:outbox
-- ARGV  1 calendar  the calendar that the caller believes in: ZONE|STARTDAY|NEXTZONE|NEXTSTARTDAY|CALENDARFROM
--       2, 3        the day that the caller believes in, from and to, in epoch seconds
--       4           DD:KIND, the fields of stats to count in
--       5, 6        when members and refused, and when stats expire, in epoch seconds
--       7, 8        limit and mode of an account that has no plan of its own
--       9           name of the period that the caller believes in, as in the keys
--       10          the plan's field `identities` that the caller believes in: PERIOD[:KEY], the last period in which
--                   contacts were erased or merged, and which key made the tombstones
--       11          percentages of the limit that are told, of an account that has none of its own: 80,100
--       12          number of contacts
--       13 …        contacts; then their tombstones, if `identities` has this period and a key
-- Reply {used, held, limit, mode, verdicts, now, notices}: the standing before this call, a letter for each contact,
--       Redis's clock in epoch seconds, and how many notices were put into the outbox. The letters:
--       a activated   h activated, out of a slot that was held for it   m already activated   r limit reached
-- Error STALE_PERIOD SECONDS MICROSECONDS when Redis's clock is not in that day; WRONG_CALENDAR CALENDAR and
--       WRONG_IDENTITIES IDENTITIES when the account has others. Nothing is written then, and the caller asks again with
--       the right ones.
--
-- Example, with a limit of 2 and nobody counted:
--   EVAL … 7 M H S R P G O '||||' 1795478400 1795564800 24:campaign 1800000000 1830000000 2 hard \
--     2026-11 '' 80,100 4 ann bob ann eve
--   {0, 0, 2, 'hard', 'aamr', 1795500000, 2}; then M holds ann and bob, S has 24:campaign:activated 2 and
--   24:campaign:refused 1, and O has threshold.reached and limit.reached.

local members, held, stats, refused, plan, merged, outbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local period, first = ARGV[9], 13
local last = first - 1 + ARGV[12]

local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', plan, 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom',
    'limit', 'mode', 'nextLimit', 'nextMode', 'planAfter', 'identities', 'thresholds')
local calendar = (p[1] or '') .. '|' .. (p[2] or '') .. '|' .. (p[3] or '') .. '|' .. (p[4] or '') .. '|' .. (p[5] or '')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end
if (p[11] or '') ~= ARGV[10] then return redis.error_reply('WRONG_IDENTITIES ' .. (p[11] or '')) end

local limit, mode = p[6], p[7]
if p[10] and p[10] ~= period then limit, mode = p[8], p[9] end
limit, mode = tonumber(limit or ARGV[7]), mode or ARGV[8]

local used = redis.call('SCARD', members)
local now_ms = now * 1000 + math.floor(tonumber(time[2]) / 1000)
local slots = redis.call('ZCOUNT', held, '(' .. now_ms, '+inf')
local room = mode == 'hard' and limit - used - slots or math.huge

-- Who was merged goes by the other name; who was erased is a member by the tombstone.
local tombstones
if ARGV[10] ~= '' and string.match(ARGV[10], '[^:]*') == period then
    local names = redis.call('HMGET', merged, unpack(ARGV, first))
    for i = first, last do ARGV[i] = names[i - first + 1] or ARGV[i] end
    if ARGV[last + 1] then
        tombstones = redis.call('SMISMEMBER', members, unpack(ARGV, last + 1))
        -- Erased while a slot was held: it is the tombstone's.
        local leases = redis.call('ZMSCORE', held, unpack(ARGV, last + 1))
        for i = 1, #tombstones do
            local is_held = tonumber(leases[i] or 0) > now_ms
            ARGV[first - 1 + i] = names[last - first + 1 + i] or is_held and ARGV[last + i] or ARGV[first - 1 + i]
        end
    end
end

-- 1 for a member, until its letter takes the place.
local verdicts = redis.call('SMISMEMBER', members, unpack(ARGV, first, last))
local seen, admitted, turned_away = {}, {}, {}
local new, away, slots_left = 0, 0, slots
for i = 1, #verdicts do
    local contact = ARGV[first - 1 + i]
    if verdicts[i] == 1 or seen[contact] or tombstones and tombstones[i] == 1 then
        verdicts[i] = 'm'
    else
        local verdict = 'r'
        if slots_left > 0 and tonumber(redis.call('ZSCORE', held, contact) or 0) > now_ms then
            verdict = 'h'
            slots_left = slots_left - 1
        elseif room > 0 then
            verdict = 'a'
            room = room - 1
        end
        if verdict == 'r' then
            away = away + 1
            turned_away[away] = contact
        else
            new = new + 1
            admitted[new] = contact
            seen[contact] = true
        end
        verdicts[i] = verdict
    end
end

-- True for the first of the day, when expiries are set once more: should one have failed, it is missing a day at most.
local function count(outcome, number)
    local is_first = redis.call('HINCRBY', stats, ARGV[4] .. ':' .. outcome, number) == number
    if is_first then redis.call('EXPIREAT', stats, ARGV[6]) end
    return is_first
end

if new > 0 then
    redis.call('SADD', members, unpack(admitted))
    -- Also a lease that has ended, which would count again should Redis's clock be set back.
    redis.call('ZREM', held, unpack(admitted))
    if count('activated', new) or used == 0 then redis.call('EXPIREAT', members, ARGV[5]) end
end
if away > 0 then
    if redis.call('PFADD', refused, unpack(turned_away)) == 1 then redis.call('EXPIREAT', refused, ARGV[5]) end
    count('refused', away)
end

-- The one call that takes the count over a threshold puts its notice into the outbox.
local notices = 0
if new > 0 and mode ~= 'unlimited' then
    for percent in string.gmatch(p[12] or ARGV[11], '%d+') do
        local mark = math.ceil(limit * percent / 100)
        if used < mark and used + new >= mark then
            notices = notices + 1
            redis.call('XADD', outbox, 'MAXLEN', '~', 1000, '*',
                'event', percent == '100' and 'limit.reached' or 'threshold.reached', 'period', period,
                'threshold', percent, 'limit', limit, 'used', used + new)
            redis.call('EXPIREAT', outbox, ARGV[5])
            local told = redis.call('HGET', plan, 'told') or ''
            if string.sub(told, 1, #period + 1) ~= period .. ' ' then told = period .. ' ' end
            redis.call('HSET', plan, 'told', told .. percent .. '/' .. limit .. ' ')
        end
    end
end
return {used, slots, limit, mode, table.concat(verdicts), now, notices}
