-- Confirms or releases 1 to 512 reservations of one account and period. For a campaign, it also records what became of
-- the attempts, in the same step.
--
-- KEYS  1 members, 2 held, 3 stats, 4 plan, 5 merged, 6 outbox, as in activate.lua; 7 holders, as in reserve.lua; all of
--         the period in which was reserved
--       8 … 13      for a campaign or scenario: campaign, jobs, queue, again, later, sending, as in claim.lua
--       14          for a scenario: ended, as in advance.lua
-- ARGV  1           name of the period, as in the keys
--       2, 3        when members and when stats of that period expire, in epoch seconds
--       4, 5        limit and mode of an account that has no plan of its own
--       6           identities, of the current period only, 7 percentages that are told, as in activate.lua
--       8           number of reservations
--       9 …         contacts; then what to do: c confirm, r release, k keep, - nothing was held; then the holders' ids;
--                   then their tombstones or, where none are needed, empty strings; then, for a campaign: its id, when
--                   `later` expires, and for each contact ATTEMPT STREAM ENTRY OUTCOME DETAIL, where OUTCOME is
--                   s sent, f failed, u unknown, l later, with the time in ms when it is due and perhaps why as DETAIL
-- Reply {used, held, limit, mode, verdicts, notices}: the standing before this call and a letter for each
--       contact: a activated   m already activated   l released   u held by nobody of that id   k kept
--       An outcome whose attempt is no longer the job's is left out.
-- Error WRONG_IDENTITIES as in activate.lua
--
-- A confirmation counts, whether or not the lease has ended, since the contact was touched. Whatever is settled a second
-- time changes nothing.
--
-- Example, after that of reserve.lua:
--   EVAL … 7 M H S P G O L 2026-11 1800000000 1830000000 2 hard '' 80,100 2 bob ann c r id2 id1 '' ''
--   {1, 1, 2, 'hard', 'am', 2}; then M holds ann and bob, H and L nobody, S has 24:campaign:activated 1

local members, held, stats, plan, merged, outbox, holders =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local campaign, jobs, queue, again, later, sending = KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13]
local period, number, first = ARGV[1], tonumber(ARGV[8]), 9

local p = redis.call('HMGET', plan, 'limit', 'mode', 'nextLimit', 'nextMode', 'planAfter', 'identities', 'thresholds')
if (p[6] or '') ~= ARGV[6] then return redis.error_reply('WRONG_IDENTITIES ' .. (p[6] or '')) end
local limit, mode = p[1], p[2]
if p[5] and period > p[5] then limit, mode = p[3], p[4] end
limit, mode = tonumber(limit or ARGV[4]), mode or ARGV[5]

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local now_text = string.format('%.0f', now_ms)
local used = redis.call('SCARD', members)
local slots = redis.call('ZCOUNT', held, '(' .. now_text, '+inf')

-- Each goes by the name under which its holder stands: its own, the one that it was merged into, or its tombstone. Who is
-- counted under any of them is counted.
local names, others, counted = {unpack(ARGV, first, first - 1 + number)}, {}, {}
local merges = redis.call('HMGET', merged, unpack(names))
local first_tombstone = first + 3 * number
for i = 1, number do
    names[i] = merges[i] or names[i]
    local tombstone = ARGV[first_tombstone - 1 + i]
    if tombstone ~= '' then
        names[i] = not merges[i] and redis.call('HGET', merged, tombstone) or names[i]
        counted[i] = redis.call('SISMEMBER', members, tombstone) == 1
        others[i] = tombstone
        local holder = ARGV[first - 1 + 2 * number + i] .. ','
        local record = redis.call('HGET', holders, tombstone)
        if record and string.find(record, holder, 1, true)
            and not string.find(redis.call('HGET', holders, names[i]) or '', holder, 1, true)
        then
            counted[i] = counted[i] or redis.call('SISMEMBER', members, names[i]) == 1
            names[i], others[i] = tombstone, names[i]
        end
    end
end

local records, is_member = {}, {}
local flat_records, flat_members = redis.call('HMGET', holders, unpack(names)), redis.call('SMISMEMBER', members, unpack(names))
for i = 1, number do records[names[i]], is_member[names[i]] = flat_records[i], flat_members[i] == 1 end

local admitted, gone, changed, fields, scores, counts = {}, {}, {}, {}, {}, {}
local verdicts = {}

-- The holders but for this one, when the last of their leases ends, and what this one would count in.
local function without_holder(record, id)
    local kept, last, own = {}, 0, nil
    for holder, lease_end, field in string.gmatch(record or '', '([^,;]+),(%d+),([^;]+)') do
        if holder == id then
            own = field
        else
            kept[#kept + 1] = holder .. ',' .. lease_end .. ',' .. field
            last = math.max(last, tonumber(lease_end))
        end
    end
    return kept, last, own
end

for i = 1, number do
    local name, what, verdict = names[i], ARGV[first - 1 + number + i], 'k'
    if what == 'c' or what == 'r' then
        local kept, last, own = without_holder(records[name], ARGV[first - 1 + 2 * number + i])
        if is_member[name] or counted[i] or is_member[others[i] or name] then
            verdict = 'm'
            if records[name] then gone[name] = true end
        elseif not own then
            verdict = 'u'
        elseif what == 'c' then
            verdict = 'a'
            is_member[name] = true
            admitted[#admitted + 1] = name
            counts[own] = (counts[own] or 0) + 1
            gone[name] = true
        else
            verdict = 'l'
            records[name] = #kept > 0 and table.concat(kept, ';') or false
            changed[name] = last
        end
    end
    verdicts[i] = verdict
end

local removed, unheld = {}, {}
for name in pairs(gone) do
    removed[#removed + 1] = name
    unheld[#unheld + 1] = name
end
for name, last in pairs(changed) do
    if not gone[name] then
        if records[name] then
            fields[#fields + 1] = name
            fields[#fields + 1] = records[name]
        else
            removed[#removed + 1] = name
        end
        if last > now_ms then
            scores[#scores + 1] = string.format('%.0f', last)
            scores[#scores + 1] = name
        else
            unheld[#unheld + 1] = name
        end
    end
end
-- Put in before taken out: a key that is empty for a moment loses its expiry.
if #fields > 0 then redis.call('HSET', holders, unpack(fields)) end
if #scores > 0 then redis.call('ZADD', held, unpack(scores)) end
if #removed > 0 then redis.call('HDEL', holders, unpack(removed)) end
if #unheld > 0 then redis.call('ZREM', held, unpack(unheld)) end

local new = #admitted
if new > 0 then
    redis.call('SADD', members, unpack(admitted))
    local is_first = used == 0
    for field, count in pairs(counts) do
        if redis.call('HINCRBY', stats, field .. ':activated', count) == count then
            redis.call('EXPIREAT', stats, ARGV[3])
            is_first = true
        end
    end
    if is_first then redis.call('EXPIREAT', members, ARGV[2]) end
end

-- As in activate.lua.
local notices = 0
if new > 0 and mode ~= 'unlimited' then
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

if campaign then
    local first_outcome = first + 4 * number + 2
    local id, texts = ARGV[first_outcome - 2], redis.call('HMGET', jobs, unpack(ARGV, first, first - 1 + number))
    local changes, tally = {}, {}
    local function count(what, by) tally[what] = (tally[what] or 0) + by end
    for i = 1, number do
        local contact = ARGV[first - 1 + i]
        local attempt, stream, entry, outcome, detail =
            string.match(ARGV[first_outcome - 1 + i], '^(%d+) (%a) (%S+) (%a) (.*)$')
        stream = stream == 'q' and queue or again
        redis.call('XACK', stream, 'workers', entry)
        redis.call('XDEL', stream, entry)
        local state, position, attempts = string.match(texts[i] or '', '^(%a) (%d+) (%d+)')
        local is_own = state == 'a' and string.sub(texts[i], -#entry) == entry or state == 'u'
        if is_own and attempts == attempt then
            redis.call('ZREM', sending, id .. ' ' .. contact)
            if state == 'u' and outcome == 'l' then
                -- Given up meanwhile as one of which nobody knows: now it is known.
                outcome, detail = 'f', 'not sent, and answered too late to be tried again'
            end
            count(state == 'a' and 'attempting' or 'unknown', -1)
            if outcome == 's' then
                detail = verdicts[i] == 'a' and 'new' or 'member'
                count(detail == 'new' and 'newlyCounted' or 'alreadyCounted', 1)
            elseif outcome == 'f' then
                count('failed', 1)
            elseif outcome == 'u' then
                count('unknown', 1)
            else
                redis.call('ZADD', later, string.match(detail, '^%d+'), contact)
                redis.call('EXPIREAT', later, ARGV[first_outcome - 1])
            end
            changes[#changes + 1] = contact
            if KEYS[14] and outcome ~= 'l' then
                redis.call('SADD', KEYS[14], contact)
                redis.call('EXPIREAT', KEYS[14], ARGV[first_outcome - 1])
            end
            changes[#changes + 1] = outcome .. ' ' .. position .. ' ' .. attempts .. ' ' .. now_text .. ' ' .. detail
        end
    end
    if #changes > 0 then redis.call('HSET', jobs, unpack(changes)) end
    for what, by in pairs(tally) do redis.call('HINCRBY', campaign, what, by) end
end
return {used, slots, limit, mode, table.concat(verdicts), notices}
