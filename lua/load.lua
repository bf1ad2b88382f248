-- Adds 1 to 512 contacts to the audience of a campaign that is being loaded; a contact that is there already is left out.
--
-- KEYS  1 campaign, 2 jobs, 3 queue, as in claim.lua
-- ARGV  1           number of this part of the audience, from 1: a part that came twice changes nothing. 0: whichever
--                   comes next
--       2 …         contacts
-- Reply {state, total, duplicates}; the state is `gone` if there is no such campaign, and nothing is added unless it is
--       `loading`
--
-- Example: EVAL … 3 C J Q 1 ann bob ann  ->  {'loading', 2, 1}

local campaign, jobs, queue = KEYS[1], KEYS[2], KEYS[3]
local c = redis.call('HMGET', campaign, 'state', 'total', 'duplicates', 'part', 'keysExpire')
local state, total, duplicates = c[1] or 'gone', tonumber(c[2] or 0), tonumber(c[3] or 0)
if state ~= 'loading' then return {state, total, duplicates} end
local before, part = tonumber(c[4]), tonumber(ARGV[1])
if part == 0 then part = before + 1 end
if part <= before then return {state, total, duplicates} end

local seen, fields = {}, {}
for i, job in ipairs(redis.call('HMGET', jobs, unpack(ARGV, 2))) do
    local contact = ARGV[1 + i]
    if job or seen[contact] then
        duplicates = duplicates + 1
    else
        seen[contact] = true
        total = total + 1
        fields[#fields + 1] = contact
        fields[#fields + 1] = 'q ' .. total .. ' 0 ' .. redis.call('XADD', queue, '*', 'contact', contact)
    end
end
if #fields > 0 then redis.call('HSET', jobs, unpack(fields)) end
if before == 0 then redis.call('EXPIREAT', jobs, c[5]) end
redis.call('HSET', campaign, 'total', total, 'duplicates', duplicates, 'part', part)
return {state, total, duplicates}
