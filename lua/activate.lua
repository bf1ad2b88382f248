-- Activates 1 to 512 contacts of one account, in order, exactly up to its limit.
--
-- KEYS  1 members   set of the contacts activated in the period       hc:{acct_42}:2026-11
--       2 held      sorted set of held contacts by lease end, in ms   hc:{acct_42}:2026-11:held
--       3 stats     hash DD:KIND:activated, DD:KIND:refused           hc:{acct_42}:2026-11:stats
--       4 refused   HyperLogLog of refused contacts                   hc:{acct_42}:2026-11:refused
--       5 plan      hash of the account's plan                        hc:{acct_42}:plan
-- ARGV  1 calendar  the calendar that the caller believes in: ZONE|STARTDAY|NEXTZONE|NEXTSTARTDAY|CALENDARFROM
--       2, 3        the day that the caller believes in, from and to, in epoch seconds
--       4           DD:KIND, the fields of stats to count in
--       5, 6        when members and refused, and when stats expire, in epoch seconds
--       7, 8        limit and mode of an account that has no plan of its own
--       9           name of the period that the caller believes in, as in the keys
--       10 …        contacts
-- Reply {used, held, limit, mode, verdicts, now}: the standing before this call, a letter for each contact, and Redis's
--       clock in epoch seconds. The letters:
--       a activated   h activated, out of a slot that was held for it   m already activated   r limit reached
-- Error STALE_PERIOD SECONDS MICROSECONDS when Redis's clock is not in that day; WRONG_CALENDAR CALENDAR when the
--       account has another calendar. Nothing is written then, and the caller asks again with the right one.
--
-- Example, with a limit of 2 and nobody counted:
--   EVAL … 5 M H S R P '||||' 1795478400 1795564800 24:campaign 1800000000 1830000000 2 hard \
--     2026-11 ann bob ann eve
--   {0, 0, 2, 'hard', 'aamr', 1795500000}; then M holds ann and bob, S has 24:campaign:activated 2 and 24:campaign:refused 1.

local members, held, stats, refused, plan = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local first = 10

local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', plan, 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom',
    'limit', 'mode', 'nextLimit', 'nextMode', 'planAfter')
local calendar = (p[1] or '') .. '|' .. (p[2] or '') .. '|' .. (p[3] or '') .. '|' .. (p[4] or '') .. '|' .. (p[5] or '')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end

local limit, mode = p[6], p[7]
if p[10] and p[10] ~= ARGV[9] then limit, mode = p[8], p[9] end
limit, mode = tonumber(limit or ARGV[7]), mode or ARGV[8]

local used = redis.call('SCARD', members)
local now_ms = now * 1000 + math.floor(tonumber(time[2]) / 1000)
local slots = redis.call('ZCOUNT', held, '(' .. now_ms, '+inf')
local room = mode == 'hard' and limit - used - slots or math.huge

-- 1 for a member, until its letter takes the place.
local verdicts = redis.call('SMISMEMBER', members, unpack(ARGV, first))
local seen, admitted, settled, turned_away = {}, {}, {}, {}
local new, away, slots_left = 0, 0, slots
for i = 1, #verdicts do
    local contact = ARGV[first - 1 + i]
    if verdicts[i] == 1 or seen[contact] then
        verdicts[i] = 'm'
    else
        local verdict = 'r'
        if slots_left > 0 and tonumber(redis.call('ZSCORE', held, contact) or 0) > now_ms then
            verdict = 'h'
            slots_left = slots_left - 1
            settled[#settled + 1] = contact
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
    if #settled > 0 then redis.call('ZREM', held, unpack(settled)) end
    if count('activated', new) or used == 0 then redis.call('EXPIREAT', members, ARGV[5]) end
end
if away > 0 then
    if redis.call('PFADD', refused, unpack(turned_away)) == 1 then redis.call('EXPIREAT', refused, ARGV[5]) end
    count('refused', away)
end
return {used, slots, limit, mode, table.concat(verdicts), now}
