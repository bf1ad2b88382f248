-- Looks whether 1 to 512 contacts' held slots and holders are right, and puts right those that aren't.
--
-- KEYS  1 held, 2 members, as in activate.lua; 3 holders, as in reserve.lua
-- ARGV  1 look or mend   2 when held expires, in epoch seconds   3 longest lease that there is, in ms   4 … contacts
-- Reply a letter for each contact, as it was before:
--       o a slot is held for nobody   m a slot is held for one that is counted   x a slot is held for longer than any lease
--       n somebody's lease goes on, and no slot is held   . all is well
--
-- Mended, a slot ends with the last lease of its holders; where there is none, it is free.
--
-- Example: EVAL … 3 H M L mend 1800000000 86400000 bob  ->  'o', and bob's slot is free

local held, members, holders = KEYS[1], KEYS[2], KEYS[3]
local mends, longest = ARGV[1] == 'mend', tonumber(ARGV[3])
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local contacts = {unpack(ARGV, 4)}
local is_member = redis.call('SMISMEMBER', members, unpack(contacts))
local ends = redis.call('ZMSCORE', held, unpack(contacts))
local records = redis.call('HMGET', holders, unpack(contacts))
local letters = {}
for i, contact in ipairs(contacts) do
    local slot_end, last = tonumber(ends[i] or 0), 0
    for lease_end in string.gmatch(records[i] or '', ',(%d+),') do last = math.max(last, tonumber(lease_end)) end
    local is_held, letter = slot_end > now_ms, '.'
    if is_held and is_member[i] == 1 then
        letter, last = 'm', 0
    elseif is_held and not records[i] then
        letter = 'o'
    elseif is_held and slot_end > now_ms + longest then
        letter = 'x'
        last = math.min(last, now_ms + longest)
    elseif is_member[i] == 0 and last > now_ms and last <= now_ms + longest and slot_end < last then
        letter = 'n'
    end
    letters[i] = letter
    if mends and letter ~= '.' then
        if last > now_ms then
            redis.call('ZADD', held, string.format('%.0f', last), contact)
            if redis.call('TTL', held) < 0 then redis.call('EXPIREAT', held, ARGV[2]) end
        else
            redis.call('ZREM', held, contact)
        end
    end
end
return table.concat(letters)
