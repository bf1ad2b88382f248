-- Takes a contact's identity out of a campaign: its outcome stays, under a tombstone; what was not sent is skipped. Of a
-- scenario, its run ends.
--
-- KEYS  1 campaign, 2 jobs, 3 queue, 4 again, 5 later, 6 parked, 7 sending, as in claim.lua
--       8 runs, 9 cooling, 10 ended of a scenario, as in advance.lua
-- ARGV  1 contact   2 its tombstone; of a scenario, empty   3 as in claim.lua: what it is called in `sending`
-- Reply 1 if the contact was in the campaign's audience, or had a run, 0 otherwise
--
-- Example: EVAL … 7 C J Q A L K S ann "\1erased:…" spring  ->  1

local campaign, jobs, queue, again, later, parked = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local runs, cooling, ended = KEYS[8], KEYS[9], KEYS[10]
local contact, tombstone = ARGV[1], ARGV[2]
if runs then redis.call('ZREM', cooling, contact) end
local job = redis.call('HGET', jobs, contact)
if not job then return 0 end

local state, place, attempts = string.match(job, '^(%a) (%d+) (%d+)')
-- Of one that waits or is under way, the last word is its entry in a stream.
local entry = string.match(job, '%S+$')
local time = redis.call('TIME')
local now_ms = string.format('%.0f', time[1] * 1000 + math.floor(tonumber(time[2]) / 1000))
redis.call('ZREM', KEYS[7], ARGV[3] .. ' ' .. contact)
if state == 'a' then
    -- Under way: its worker's answer finds nobody any more.
    job = 'u ' .. place .. ' ' .. attempts .. ' ' .. now_ms .. ' erased'
    redis.call('HINCRBY', campaign, 'attempting', -1)
    if not runs then redis.call('HINCRBY', campaign, 'unknown', 1) end
elseif state == 'q' or state == 'p' or state == 'l' then
    job = 'k ' .. place .. ' ' .. attempts .. ' ' .. now_ms .. ' erased'
    if not runs then redis.call('HINCRBY', campaign, 'skipped', 1) end
    redis.call('ZREM', later, contact)
    redis.call('ZREM', parked, contact)
end
if state == 'q' or state == 'a' then
    for _, stream in ipairs({queue, again}) do
        if redis.call('EXISTS', stream) == 1 then
            redis.call('XACK', stream, 'workers', entry)
            redis.call('XDEL', stream, entry)
        end
    end
end
if runs then
    redis.call('HDEL', runs, contact)
    redis.call('SREM', ended, contact)
    redis.call('HINCRBY', campaign, 'ended:erased', 1)
else
    redis.call('HSET', jobs, tombstone, job)
end
redis.call('HDEL', jobs, contact)
return 1
