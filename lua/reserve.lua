-- Holds slots for 1 to 512 contacts of one account, in order, for callers who may yet fail before they touch the
-- contact. A held slot counts against the limit until it is settled (settle.lua) or its lease ends. For a campaign, it
-- also records the attempt that is about to be made, and parks who is refused.
--
-- KEYS  1 members, 2 held, 3 stats, 4 refused, 5 plan, 6 merged, as in activate.lua
--       7 holders   hash of a contact to its holders: ID,LEASE END,DD:KIND; …   hc:{acct_42}:2026-11:holders
--       8 … 13      for a campaign: campaign, jobs, queue, again, parked, sending, as in claim.lua
-- ARGV  1 … 9       as in activate.lua: calendar, day, DD:KIND, expiries, default limit and mode, period
--       10          identities, as in activate.lua
--       11          the lease, in milliseconds
--       12          number of contacts
--       13 …        contacts; then an id of each one's holder; then their tombstones or, where none are needed, empty
--                   strings; then, for a campaign: its id, when `parked` expires, and each contact's stream (q or a) and entry:
--                   q 1795478400000-0
-- Reply {used, held, limit, mode, verdicts, now}, as in activate.lua. The letters:
--       h held   s held, in the slot that another holder has for the same contact   m already activated
--       r limit reached   x not this worker's to attempt any more (campaigns only)
-- Error STALE_PERIOD, WRONG_CALENDAR, WRONG_IDENTITIES as in activate.lua
--
-- Repeated with the same id it is the same holder, and the lease begins anew.
--
-- Example, with a limit of 2 and ann counted:
--   EVAL … 7 M H S R P G L '||||' 1795478400 1795564800 24:campaign 1800000000 1830000000 2 hard \
--     2026-11 '' 60000 3 ann bob eve id1 id2 id3 '' '' ''
--   {1, 0, 2, 'hard', 'mhr', 1795500000}; then H has bob with 1795500060000, and L has bob id2,1795500060000,24:campaign

local members, held, stats, refused, plan, merged, holders =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local campaign, jobs, queue, again, parked, sending = KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13]
local period, lease, number, first = ARGV[9], tonumber(ARGV[11]), tonumber(ARGV[12]), 13

local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', plan, 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom',
    'limit', 'mode', 'nextLimit', 'nextMode', 'planAfter', 'identities')
local calendar = (p[1] or '') .. '|' .. (p[2] or '') .. '|' .. (p[3] or '') .. '|' .. (p[4] or '') .. '|' .. (p[5] or '')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end
if (p[11] or '') ~= ARGV[10] then return redis.error_reply('WRONG_IDENTITIES ' .. (p[11] or '')) end

local limit, mode = p[6], p[7]
if p[10] and p[10] ~= period then limit, mode = p[8], p[9] end
limit, mode = tonumber(limit or ARGV[7]), mode or ARGV[8]

local now_ms = now * 1000 + math.floor(tonumber(time[2]) / 1000)
local now_text = string.format('%.0f', now_ms)
local used = redis.call('SCARD', members)
local slots = redis.call('ZCOUNT', held, '(' .. now_text, '+inf')
if redis.call('ZCARD', held) > slots then
    local ended = redis.call('ZRANGEBYSCORE', held, '-inf', now_text, 'LIMIT', 0, 512)
    redis.call('ZREM', held, unpack(ended))
end
local room = mode == 'hard' and limit - used - slots or math.huge

local names = {unpack(ARGV, first, first - 1 + number)}
local tombstones
if ARGV[10] ~= '' and string.match(ARGV[10], '[^:]*') == period then
    local merges = redis.call('HMGET', merged, unpack(names))
    tombstones = redis.call('SMISMEMBER', members, unpack(ARGV, first + 2 * number, first - 1 + 3 * number))
    local merged_tombstones = redis.call('HMGET', merged, unpack(ARGV, first + 2 * number, first - 1 + 3 * number))
    -- Erased while a slot was held: it is the tombstone's.
    local held_tombstones = redis.call('HMGET', holders, unpack(ARGV, first + 2 * number, first - 1 + 3 * number))
    for i = 1, number do
        local is_held = held_tombstones[i] and ARGV[first - 1 + 2 * number + i]
        names[i] = merges[i] or merged_tombstones[i] or is_held or names[i]
    end
end

-- A campaign's contact is attempted by the worker that has the entry which its job waits in.
local is_attempt, is_cancelled, job = campaign ~= nil, false, {}
local first_entry = first + 3 * number + 2
if is_attempt then
    local state = redis.call('HGET', campaign, 'state')
    is_cancelled = state ~= 'running' and state ~= 'paused'
    for i, text in ipairs(redis.call('HMGET', jobs, unpack(ARGV, first, first - 1 + number))) do
        local state, place, attempts, entry, own = string.match(text or '', '^(%a) (%d+) (%d+) (%S+) ?(%S*)')
        if is_cancelled then
            job[i] = nil
        elseif state == 'q' and entry == string.sub(ARGV[first_entry - 1 + i], 3) then
            job[i] = {place, attempts + 1}
        elseif state == 'a' and own == ARGV[first - 1 + number + i] then
            -- Recorded already: the answer that said so was lost.
            job[i] = {place, attempts, true}
        end
    end
end

local is_member = redis.call('SMISMEMBER', members, unpack(names))
local leases = redis.call('ZMSCORE', held, unpack(names))
local records = redis.call('HMGET', holders, unpack(names))
local lease_end = now_ms + lease
local lease_end_text = string.format('%.0f', lease_end)
local verdicts, pending, ends = {}, {}, {}
local turned_away, away = {}, 0

-- The holders of a contact with this one among them. Those whose lease has ended stay, since they may yet confirm; where
-- there are more than 16, one of those goes.
local function with_holder(record, id)
    local own = id .. ',' .. lease_end_text .. ',' .. ARGV[4]
    if not record then return own end
    local kept, count = {}, 0
    for holder, rest in string.gmatch(record, '([^,;]+)(,[^;]+)') do
        if holder ~= id then
            count = count + 1
            kept[count] = holder .. rest
        end
    end
    for i = 1, count > 15 and count or 0 do
        if tonumber(string.match(kept[i], ',(%d+)')) <= now_ms then
            table.remove(kept, i)
            break
        end
    end
    kept[#kept + 1] = own
    return table.concat(kept, ';')
end

for i = 1, number do
    local name, verdict = names[i], nil
    if is_attempt and not job[i] then
        verdict = 'x'
    elseif is_member[i] == 1 or tombstones and tombstones[i] == 1 then
        verdict = 'm'
    elseif ends[name] or tonumber(leases[i] or 0) > now_ms then
        verdict = 's'
    elseif room > 0 then
        verdict = 'h'
        room = room - 1
    else
        verdict = 'r'
        away = away + 1
        turned_away[away] = name
    end
    if verdict == 'h' or verdict == 's' then
        pending[name] = with_holder(pending[name] or records[i], ARGV[first - 1 + number + i])
        ends[name] = math.max(ends[name] or tonumber(leases[i] or 0), lease_end)
    end
    verdicts[i] = verdict
end

local scores, fields = {}, {}
for name, record in pairs(pending) do
    scores[#scores + 1] = string.format('%.0f', ends[name])
    scores[#scores + 1] = name
    fields[#fields + 1] = name
    fields[#fields + 1] = record
end
if #fields > 0 then
    redis.call('ZADD', held, unpack(scores))
    redis.call('HSET', holders, unpack(fields))
    if slots == 0 then
        redis.call('EXPIREAT', held, ARGV[5])
        redis.call('EXPIREAT', holders, ARGV[5])
    end
end
if away > 0 then
    if redis.call('PFADD', refused, unpack(turned_away)) == 1 then redis.call('EXPIREAT', refused, ARGV[5]) end
    if redis.call('HINCRBY', stats, ARGV[4] .. ':refused', away) == away then redis.call('EXPIREAT', stats, ARGV[6]) end
end

if is_attempt then
    local id, changes, attempting, parkings = ARGV[first_entry - 2], {}, 0, {}
    for i = 1, number do
        local verdict, contact, entry = verdicts[i], ARGV[first - 1 + i], ARGV[first_entry - 1 + i]
        if verdict == 'r' then
            changes[#changes + 1] = contact
            changes[#changes + 1] = 'p ' .. job[i][1] .. ' ' .. (job[i][2] - 1) .. ' ' .. now_text
            parkings[#parkings + 1] = job[i][1]
            parkings[#parkings + 1] = contact
            local stream = string.sub(entry, 1, 1) == 'q' and queue or again
            redis.call('XACK', stream, 'workers', string.sub(entry, 3))
            redis.call('XDEL', stream, string.sub(entry, 3))
            redis.call('ZREM', sending, id .. ' ' .. contact)
            if job[i][3] then attempting = attempting - 1 end
        elseif verdict ~= 'x' then
            changes[#changes + 1] = contact
            changes[#changes + 1] = table.concat(
                {'a', job[i][1], job[i][2], now_text, ARGV[first - 1 + number + i], string.sub(entry, 3)}, ' ')
            if not job[i][3] then attempting = attempting + 1 end
        end
    end
    if #changes > 0 then redis.call('HSET', jobs, unpack(changes)) end
    if #parkings > 0 then
        redis.call('ZADD', parked, unpack(parkings))
        redis.call('EXPIREAT', parked, ARGV[first_entry - 1])
    end
    if attempting ~= 0 then redis.call('HINCRBY', campaign, 'attempting', attempting) end
end
return {used, slots, limit, mode, table.concat(verdicts), now}
