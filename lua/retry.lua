-- Puts 1 to 512 contacts of a campaign that failed, or of which nobody knows, into the queue once more.
--
-- KEYS  1 campaign, 2 jobs, 3 again, as in claim.lua
-- ARGV  1           the states to be tried again: f failed, u unknown, fu both
--       2 …         contacts, each followed by how often it was attempted: one that was attempted since is left alone
-- Reply {number, state}: how many were put there, and the state that the campaign is in; only one that is running, paused
--       or finished takes any, and a finished one is running from then on
--
-- Example: EVAL … 3 C J A u ann 1 bob 2  ->  {1, 'running'}

local campaign, jobs, again = KEYS[1], KEYS[2], KEYS[3]
local c = redis.call('HMGET', campaign, 'state', 'expires')
local state = c[1] or 'gone'
if state ~= 'gone' and tonumber(redis.call('TIME')[1]) >= tonumber(c[2]) then return {0, 'expired'} end
if state ~= 'running' and state ~= 'paused' and state ~= 'finished' then return {0, state} end

local number, changes, counts = 0, {}, {f = 0, u = 0}
for i = 2, #ARGV, 2 do
    local contact = ARGV[i]
    local job_state, place, attempts = string.match(redis.call('HGET', jobs, contact) or '', '^(%a) (%d+) (%d+)')
    if job_state and string.find(ARGV[1], job_state, 1, true) and attempts == ARGV[i + 1] then
        number = number + 1
        counts[job_state] = counts[job_state] + 1
        changes[#changes + 1] = contact
        changes[#changes + 1] = 'q ' .. place .. ' ' .. attempts .. ' ' .. redis.call('XADD', again, '*', 'contact', contact)
    end
end
if number > 0 then
    redis.call('HSET', jobs, unpack(changes))
    if counts.f > 0 then redis.call('HINCRBY', campaign, 'failed', -counts.f) end
    if counts.u > 0 then redis.call('HINCRBY', campaign, 'unknown', -counts.u) end
    if state == 'finished' then
        state = 'running'
        redis.call('HSET', campaign, 'state', state)
    end
end
return {number, state}
