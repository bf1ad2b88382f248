-- Goes on with 1 to 256 runs of a scenario whose step has an outcome: to the next step, or to the end; and writes down, for each
-- contact, what became of it.
--
-- KEYS  1 scenario, 2 jobs, 3 runs, 4 later, 5 cooling as in trigger.lua and claim.lua
--       6 ended     set of contacts whose job has an outcome that this script has not seen     hc:{acct_42}:scenario:welcome:ended
--       7 past      stream of the account's runs that ended, the last 1,000                    hc:{acct_42}:ended
--       8 dead      stream of dead letters, the last 10,000                                    hc:{acct_42}:dead
--       9 …         each contact's list of what happened, as in trigger.lua
-- ARGV  1 the scenario's id   2 seconds that runs are kept   3 seconds that lists, past and dead are kept   4 … contacts
-- Reply how many dead letters it made
--
-- A job that has no outcome is left alone; of one that is parked or put off, the list is told.
--
-- Example: EVAL … 9 S J R LATER COOL E P D L welcome 8640000 3888000 ann
--   with J ann 's 1 1 1795500000000 new' and one step: 0; then J, R and E don't have ann, and P has finished

local scenario, jobs, runs, later, cooling, ended, past, dead = unpack(KEYS, 1, 8)
local id, keep, keep_list = ARGV[1], ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local function ms(value) return string.format('%.0f', value) end

local s = redis.call('HMGET', scenario, 'delays', 'coolDown')
local delays = {}
for delay in string.gmatch(s[1] or '', '%d+') do delays[#delays + 1] = tonumber(delay) end
local cool_down = tonumber(s[2] or 0)

local names = {s = 'sent', f = 'failed', u = 'unknown', k = 'expired', p = 'parked', l = 'later', e = 'finished'}
local letters = 0
for i = 4, #ARGV do
    local contact, list = ARGV[i], KEYS[5 + i]
    local state, run, attempts, at, detail = string.match(redis.call('HGET', jobs, contact) or '', '^(%a) (%d+) (%d+) (%d+) ?(.*)$')
    local step, started, event = string.match(redis.call('HGET', runs, contact) or '', '^(%d+) (%d+) (.*)$')
    if state and step and names[state] then
        if state == 'l' then detail = string.match(detail, '^%d+ ?(.*)$') or '' end
        -- A step that waits for its first attempt has nothing to tell, nor has one that there is not.
        local line = table.concat({'s', at, id, run, step, names[state], attempts, detail}, ' ')
        if (state ~= 'l' or attempts ~= '0') and state ~= 'e' and redis.call('LINDEX', list, -1) ~= line then
            if redis.call('RPUSH', list, line) > 100 then redis.call('LTRIM', list, -100, -1) end
            redis.call('EXPIRE', list, keep_list)
        end
        if state == 's' and delays[step + 1] then
            local due = ms(at + delays[step + 1])
            redis.call('HSET', jobs, contact, 'l ' .. run .. ' 0 ' .. ms(now) .. ' ' .. due .. ' ')
            redis.call('HSET', runs, contact, step + 1 .. ' ' .. started .. ' ' .. event)
            redis.call('ZADD', later, due, contact)
            for _, key in ipairs({jobs, runs, later}) do redis.call('EXPIRE', key, keep) end
        elseif state ~= 'p' and state ~= 'l' then
            local outcome = state == 's' and 'finished' or names[state]
            redis.call('HINCRBY', scenario, 'ended:' .. outcome, 1)
            local entry = redis.call('XADD', past, 'MAXLEN', '~', 1000, '*', 'scenario', id, 'run', run, 'contact', contact,
                'outcome', outcome, 'step', step, 'attempts', attempts, 'started', started,
                'reason', state == 's' and '' or detail)
            redis.call('EXPIRE', past, keep_list)
            if state == 'f' or state == 'u' then
                letters = letters + 1
                redis.call('XADD', dead, 'MAXLEN', '~', 10000, '*', 'scenario', id, 'run', run, 'contact', contact,
                    'outcome', outcome, 'step', step, 'attempts', attempts, 'started', started, 'reason', detail,
                    'event', event, 'ended', entry)
                redis.call('EXPIRE', dead, keep_list)
            end
            -- Who got nothing may try again at once.
            if cool_down > 0 and (state == 's' or state == 'u' or tonumber(step) > 1) then
                redis.call('ZREMRANGEBYSCORE', cooling, '-inf', ms(now))
                redis.call('ZADD', cooling, ms(now + cool_down), contact)
                redis.call('PEXPIRE', cooling, math.max(cool_down, redis.call('PTTL', cooling)))
            end
            redis.call('HDEL', jobs, contact)
            redis.call('HDEL', runs, contact)
        end
    end
    redis.call('SREM', ended, contact)
end
return letters
