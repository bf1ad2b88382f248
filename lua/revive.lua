-- Takes a dead letter's run up again, at the step at which it ended.
--
-- KEYS  1 dead, as in advance.lua; 2 scenarios, 3 scenario, 4 jobs, 5 runs, 6 queue, 7 again, as in trigger.lua
--       8 past, as in advance.lua; 9 heard, as in trigger.lua
-- ARGV  1 the letter's id   2 the scenario's id   3 seconds that runs are kept
-- Reply replayed, busy (the contact has a run of the scenario), expired (its reply window has closed), no_scenario or gone
--
-- Example: EVAL … 9 D I S J R Q A P H 1795500000000-0 welcome 8640000  ->  'replayed'

local dead, scenario, jobs, runs, queue, again = KEYS[1], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local entry = redis.call('XRANGE', dead, ARGV[1], ARGV[1])[1]
if not entry then return 'gone' end
local letter = {}
for i = 1, #entry[2], 2 do letter[entry[2][i]] = entry[2][i + 1] end
if letter.scenario ~= ARGV[2] then return 'gone' end
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 then return 'no_scenario' end
if redis.call('HEXISTS', jobs, letter.contact) == 1 then return 'busy' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local window = tonumber(redis.call('HGET', scenario, 'window') or '')
if window and tonumber(redis.call('ZSCORE', KEYS[9], letter.contact) or 0) + window <= now then return 'expired' end
for _, stream in ipairs({queue, again}) do
    if redis.call('EXISTS', stream) == 0 then redis.call('XGROUP', 'CREATE', stream, 'workers', '0', 'MKSTREAM') end
end
local run, started = letter.run, letter.started
if tonumber(started) >= tonumber(redis.call('HGET', scenario, 'created') or 0) then
    redis.call('HINCRBY', scenario, 'ended:' .. letter.outcome, -1)
else
    -- The scenario is another one of that id: a new run of it.
    run = redis.call('HINCRBY', scenario, 'started', 1)
    started = string.format('%.0f', now)
end
local place = redis.call('XADD', again, '*', 'contact', letter.contact)
redis.call('HSET', jobs, letter.contact, 'q ' .. run .. ' 0 ' .. place)
redis.call('HSET', runs, letter.contact, letter.step .. ' ' .. started .. ' ' .. letter.event)
for _, key in ipairs({jobs, runs, queue, again}) do redis.call('EXPIRE', key, ARGV[3]) end
redis.call('XDEL', KEYS[8], letter.ended)
redis.call('XDEL', dead, ARGV[1])
return 'replayed'
