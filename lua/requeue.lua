-- Puts 1 to 512 contacts of a campaign or scenario that was restored where their jobs say that they are, since a backup
-- doesn't see all of an automation's keys at one moment: the jobs are right.
--
-- KEYS  1 campaign, 2 jobs, 3 queue, 4 again, 5 later, 6 parked, as in claim.lua
--       7 runs, as in trigger.lua, 8 ended, as in advance.lua: of a scenario
-- ARGV  1 when the keys expire, in epoch seconds   2 … contacts
-- Reply {waiting, later, parked, new, member, failed, unknown, skipped}: how many contacts are in which state
--
-- An attempt that was under way is one of which nobody knows; of a scenario, a run that had ended by the time that the
-- backup saw the runs is none.
--
-- Example: EVAL … 6 C J Q A L P 1803000000 ann bob   with J ann 'p 1 0 1795500000000' and bob 'a 2 1 1795500000000 ID ENTRY'
--   {0, 0, 1, 0, 0, 0, 1, 0}; then P has ann, and J bob 'u 2 1 … restored while it was under way'

local jobs, queue, again, later, parked = KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local runs, ended, expires = KEYS[7], KEYS[8], ARGV[1]
local time = redis.call('TIME')
local now_text = string.format('%.0f', time[1] * 1000 + math.floor(tonumber(time[2]) / 1000))
local streams = {queue, again}
for _, stream in ipairs(streams) do
    if redis.call('EXISTS', stream) == 0 then
        redis.call('XGROUP', 'CREATE', stream, 'workers', '0', 'MKSTREAM')
        redis.call('EXPIREAT', stream, expires)
    end
end

-- The stream in which the contact has that entry.
local function place_of(entry, contact)
    if not string.match(entry, '^%d+%-%d+$') then return nil end
    for _, stream in ipairs(streams) do
        local found = redis.call('XRANGE', stream, entry, entry)[1]
        if found and found[2][2] == contact then return stream end
    end
end

local places = {q = 1, l = 2, p = 3, f = 6, u = 7, k = 8}
local counts = {0, 0, 0, 0, 0, 0, 0, 0}
for i = 2, #ARGV do
    local contact = ARGV[i]
    local job = redis.call('HGET', jobs, contact)
    local state, place, attempts, rest = string.match(job or '', '^(%a) (%d+) (%d+) ?(.*)$')
    if state and runs and redis.call('HEXISTS', runs, contact) == 0 then
        redis.call('HDEL', jobs, contact)
        state = nil
    end
    if state == 'a' then
        -- The last word is its entry in a stream.
        local entry = string.match(rest, '%S+$') or ''
        local stream = place_of(entry, contact)
        if stream then redis.call('XDEL', stream, entry) end
        state = 'u'
        redis.call('HSET', jobs, contact,
            'u ' .. place .. ' ' .. attempts .. ' ' .. now_text .. ' restored while it was under way')
    elseif state == 'q' then
        if not place_of(string.match(rest, '^%S*'), contact) then
            redis.call('HSET', jobs, contact,
                'q ' .. place .. ' ' .. attempts .. ' ' .. redis.call('XADD', again, '*', 'contact', contact))
        end
    elseif state == 'l' then
        redis.call('ZADD', later, string.match(rest, '^%d+ (%d+)') or now_text, contact)
        redis.call('EXPIREAT', later, expires)
    elseif state == 'p' then
        redis.call('ZADD', parked, place, contact)
        redis.call('EXPIREAT', parked, expires)
    end
    if runs and state and state ~= 'q' and state ~= 'l' and state ~= 'p' then
        redis.call('SADD', ended, contact)
        redis.call('EXPIREAT', ended, expires)
    end
    local slot = places[state] or state == 's' and (string.find(rest, 'new', 1, true) and 4 or 5)
    if slot then counts[slot] = counts[slot] + 1 end
end
return counts
