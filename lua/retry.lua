-- Puts 1 to 512 contacts of a campaign that failed, or of which nobody knows, into the queue once more.
--
-- KEYS  1 campaign, 2 jobs, 3 again, as in claim.lua
-- ARGV  1           the states to be tried again: f failed, u unknown, fu both
--       2 …         contacts
-- Reply {number, state}: how many were put there, and the state that the campaign is in; only one that is running, paused
--       or finished takes any, and a finished one is running from then on
--
-- Example: EVAL … 3 C J A u ann bob  ->  {1, 'running'}

local campaign, jobs, again = KEYS[1], KEYS[2], KEYS[3]
local state = redis.call('HGET', campaign, 'state') or 'gone'
if state ~= 'running' and state ~= 'paused' and state ~= 'finished' then return {0, state} end

local number, changes, counts = 0, {}, {f = 0, u = 0}
for i, job in ipairs(redis.call('HMGET', jobs, unpack(ARGV, 2))) do
    local job_state, place, attempts = string.match(job or '', '^(%a) (%d+) (%d+)')
    if job_state and string.find(ARGV[1], job_state, 1, true) then
        number = number + 1
        counts[job_state] = counts[job_state] + 1
        changes[#changes + 1] = ARGV[1 + i]
        changes[#changes + 1] = 'q ' .. place .. ' ' .. attempts .. ' ' .. redis.call('XADD', again, '*', 'contact', ARGV[1 + i])
    end
end
if number > 0 then
    redis.call('HSET', jobs, unpack(changes))
    redis.call('HINCRBY', campaign, 'failed', -counts.f)
    redis.call('HINCRBY', campaign, 'unknown', -counts.u)
    if state == 'finished' then
        state = 'running'
        redis.call('HSET', campaign, 'state', state)
    end
end
return {number, state}
