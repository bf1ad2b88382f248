-- Takes contacts of a campaign for a worker to attempt: those left behind by workers that died, those whose time to be
-- tried again has come, the parked ones that the limit has room for by now, and then the audience, in this order.
--
-- KEYS  1 campaign  hash of what is to be done and how far it is           hc:{acct_42}:campaign:spring
--       2 jobs      hash of a contact to its state, see below              hc:{acct_42}:campaign:spring:jobs
--       3 queue     stream of the audience not yet attempted, in order     hc:{acct_42}:campaign:spring:queue
--       4 again     stream of those that are tried again or resumed        hc:{acct_42}:campaign:spring:again
--       5 later     sorted set by the time in ms when they are due         hc:{acct_42}:campaign:spring:later
--       6 parked    sorted set of those refused by the limit, by their
--                   place in the audience                                  hc:{acct_42}:campaign:spring:parked
--       7 sending   sorted set of what workers have of all of the
--                   account's campaigns, by the end of their leases        hc:{acct_42}:sending
--       8 pace      when the account's next send is due, in ms             hc:{acct_42}:pace
--       9 members, 10 held, 11 plan, as in activate.lua
--       12 … 14     for a scenario: runs, heard, as in trigger.lua; ended, as in advance.lua
-- ARGV  1, 2, 3     calendar and day, as in activate.lua
--       4, 5        limit and mode of an account that has no plan of its own
--       6           name of the period that the caller believes in
--       7 worker    8 the campaign's id, or scenario:ID    9 most contacts, 1 to 512
--       10          how long a worker may keep a contact before it counts as dead, in ms
--       11          most contacts under way for the account    12 sends a second for the account, 0 for any number
-- Reply {state, wait, taken, action, nonce, keysExpire, full, ended, runs}: the campaign's state; in how many ms it is worth asking again, -1
--       for never; for each contact taken: stream (q queue, a again), entry, contact, attempts made before; the campaign's fields; 1 if the
--       account has as many under way as it may; for a scenario, how many are in `ended`, and each taken contact's run, its number
--       before it. The action of a scenario is its definition
-- Error STALE_PERIOD, WRONG_CALENDAR as in activate.lua
--
-- A job is text: STATE PLACE ATTEMPTS … PLACE is the contact's place in the audience. The states:
--       q … ENTRY waits in a stream   a … MS ID ENTRY is being attempted since, by the holder of that id
--       p … MS parked since   l … MS DUE waits until
--       s … MS new|member sent, counted by it or before   f … MS REASON failed   u … MS REASON nobody knows
--       k … MS REASON skipped   e … MS of a scenario: its steps are at an end
-- States of a campaign: loading, running, paused, cancelled, expired, finished.
--
-- Example: EVAL … 11 C J Q A L K S E M H P '||||' 1795478400 1795564800 100 hard 2026-11 host-1 spring 64 25000 32 0
--   {'running', 500, {'q', '1795500000000-0', 'ann', '0'}, 'https://example.com/send', 'x7Qp…', '1803000000', 0}

local campaign, jobs, queue, again, later, parked = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local sending, pace, members, held, plan = KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local runs, heard, ended = KEYS[12], KEYS[13], KEYS[14]
local worker, id, most, lease, rate = ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[12])

local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', plan, 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom',
    'limit', 'mode', 'nextLimit', 'nextMode', 'planAfter')
local calendar = table.concat({p[1] or '', p[2] or '', p[3] or '', p[4] or '', p[5] or ''}, '|')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end
local now_ms = now * 1000 + math.floor(tonumber(time[2]) / 1000)
local function ms(number) return string.format('%.0f', number) end

local c = redis.call('HMGET', campaign, 'state', 'expires', 'attempting', 'action', 'nonce', 'keysExpire', 'definition', 'window', 'delays')
local state = c[1]
if not state then return {'gone', -1, {}, '', '', '0', 0, 0, {}} end
local function answer(wait, taken, is_full, their_runs)
    return {state, wait, taken, c[4] or c[7], c[5], c[6] or '0', is_full, ended and redis.call('SCARD', ended) or 0, their_runs or {}}
end
if (state == 'running' or state == 'paused') and c[2] and now >= tonumber(c[2]) then
    state = 'expired'
    redis.call('HSET', campaign, 'state', state)
end
local is_running, is_over = state == 'running', state == 'cancelled' or state == 'expired'
local attempting, unknown = tonumber(c[3] or 0), 0
if is_over and attempting <= 0 then redis.call('UNLINK', queue, again, later, parked) end
if state == 'finished' or is_over and attempting <= 0 then return answer(-1, {}, 0) end
if not is_running and attempting <= 0 then
    -- A scenario without runs that is enabled is hurried.
    return answer(runs and redis.call('HLEN', jobs) == 0 and -1 or 2000, {}, 0)
end

local limit, mode = p[6], p[7]
if p[10] and p[10] ~= ARGV[6] then limit, mode = p[8], p[9] end
limit, mode = tonumber(limit or ARGV[4]), mode or ARGV[5]

local wait = 500
local under_way = redis.call('ZCOUNT', sending, '(' .. ms(now_ms), '+inf')
local is_full = under_way >= tonumber(ARGV[11])
local allowed = math.min(most, tonumber(ARGV[11]) - under_way)
if is_full then wait = 100 end
local interval, due = 0, now_ms
if rate > 0 then
    interval = 1000 / rate
    due = math.max(now_ms, tonumber(redis.call('GET', pace) or 0))
    -- Up to a quarter of a second's worth at once, so that workers needn't ask for each contact.
    local burst = math.max(interval, 250)
    local ready = math.floor((now_ms + burst - due) / interval)
    if ready < allowed then
        allowed = ready
        wait = math.max(10, math.ceil(due + interval - now_ms - burst))
    end
end

local taken, changes = {}, {}
local function count() return #taken / 4 end
local function take(stream, entry, contact, attempts)
    taken[#taken + 1] = stream
    taken[#taken + 1] = entry
    taken[#taken + 1] = contact
    taken[#taken + 1] = attempts
end

local function put_again(contact)
    local _, place, attempts = string.match(redis.call('HGET', jobs, contact) or '', '^(%a) (%d+) (%d+)')
    if not place then return end
    if runs and redis.call('EXISTS', again) == 0 then
        -- A run's steps may be further apart than a stream is kept that nothing is put into.
        redis.call('XGROUP', 'CREATE', again, 'workers', '0', 'MKSTREAM')
        redis.call('EXPIRE', again, 8640000)
    end
    local entry = redis.call('XADD', again, '*', 'contact', contact)
    changes[#changes + 1] = contact
    changes[#changes + 1] = 'q ' .. place .. ' ' .. attempts .. ' ' .. entry
end

-- A run's contact may be answered for as long as the reply window is open, and a scenario that took another one's place may
-- have fewer steps. Whether its run is not to go on: how it ends, and why.
local window, _, steps = tonumber(c[8] or ''), string.gsub(c[9] or '', '%d+', '')
local run_of = {}
local function ending(contact)
    if not runs then return end
    run_of[contact] = redis.call('HGET', runs, contact) or '1 0 {}'
    if tonumber(string.match(run_of[contact], '^%d+')) > steps then return 'e', '' end
    if window and tonumber(redis.call('ZSCORE', heard, contact) or 0) + window <= now_ms then return 'k', ' reply window closed' end
end
local function put_ended(contact)
    if not ended then return end
    redis.call('SADD', ended, contact)
    redis.call('EXPIRE', ended, 8640000)
end
local function finish(contact, how, why)
    local _, place, attempts = string.match(redis.call('HGET', jobs, contact) or '', '^(%a) (%d+) (%d+)')
    if not place then return end
    redis.call('HSET', jobs, contact, how .. ' ' .. place .. ' ' .. attempts .. ' ' .. ms(now_ms) .. why)
    put_ended(contact)
end

-- What a dead worker has attempted, nobody knows the outcome of; also in a campaign that is paused or over.
for letter, stream in pairs({q = queue, a = again}) do
    local number = is_running and allowed - count() or most
    if number > 0 and redis.call('EXISTS', stream) == 1 then
        local found = redis.call('XAUTOCLAIM', stream, 'workers', worker, lease, '0-0', 'COUNT', number)
        for _, entry in ipairs(found[2]) do
            local contact = entry and entry[2] and entry[2][2]
            local job = contact and redis.call('HGET', jobs, contact)
            local job_state, place, attempts, rest = string.match(job or '', '^(%a) (%d+) (%d+) (%S+)')
            local waits = job_state == 'q' and rest == entry[1]
            local how, why
            if waits then how, why = ending(contact) end
            if waits and is_running and not how then
                take(letter, entry[1], contact, attempts)
            elseif entry then
                if job_state == 'a' then
                    redis.call('HSET', jobs, contact, 'u ' .. place .. ' ' .. attempts .. ' ' .. ms(now_ms) .. ' worker died')
                    unknown = unknown + 1
                    put_ended(contact)
                elseif how then
                    finish(contact, how, why)
                elseif waits and not is_over then
                    put_again(contact)
                end
                redis.call('XACK', stream, 'workers', entry[1])
                redis.call('XDEL', stream, entry[1])
            end
        end
    end
end

if unknown > 0 then
    attempting = attempting - unknown
    redis.call('HINCRBY', campaign, 'attempting', -unknown)
    redis.call('HINCRBY', campaign, 'unknown', unknown)
end
if not is_running then
    if #changes > 0 then redis.call('HSET', jobs, unpack(changes)) end
    return answer(2000, {}, 0)
end

local function resume(contacts)
    if #contacts == 0 then return end
    redis.call('ZREM', parked, unpack(contacts))
    for _, contact in ipairs(contacts) do put_again(contact) end
end

local want = allowed - count()
if want > 0 then
    local ready = redis.call('ZRANGEBYSCORE', later, '-inf', ms(now_ms), 'LIMIT', 0, want)
    if #ready > 0 then
        redis.call('ZREM', later, unpack(ready))
        for _, contact in ipairs(ready) do put_again(contact) end
    end
    if window then
        -- Some of them each time.
        for _, contact in ipairs(redis.call('ZRANDMEMBER', parked, 64)) do
            local how, why = ending(contact)
            if how then
                redis.call('ZREM', parked, contact)
                finish(contact, how, why)
            end
        end
    end
    local parkings = redis.call('ZCARD', parked)
    if parkings > 0 then
        local slots = redis.call('ZCOUNT', held, '(' .. ms(now_ms), '+inf')
        local room = mode == 'hard' and limit - redis.call('SCARD', members) - slots or want
        -- Those on their way already will take their part of it.
        room = math.min(want, room - redis.call('XLEN', again))
        if room > 0 then
            resume(redis.call('ZRANGE', parked, 0, room - 1))
        else
            -- Who was counted by something else meanwhile is served: a part of the parked is looked at each time.
            local from = tonumber(redis.call('HGET', campaign, 'looked') or 0)
            if from >= parkings then from = 0 end
            local some = redis.call('ZRANGE', parked, from, from + 255)
            local counted = {}
            for i, is_member in ipairs(redis.call('SMISMEMBER', members, unpack(some))) do
                if is_member == 1 and #counted < want then counted[#counted + 1] = some[i] end
            end
            resume(counted)
            redis.call('HSET', campaign, 'looked', from + 256 - #counted)
        end
    end
end
if #changes > 0 then redis.call('HSET', jobs, unpack(changes)) end

local function read(letter, stream)
    local want = allowed - count()
    if want <= 0 or redis.call('EXISTS', stream) == 0 then return end
    local found = redis.call('XREADGROUP', 'GROUP', 'workers', worker, 'COUNT', want, 'STREAMS', stream, '>')
    if not found then return end
    local entries = found[1][2]
    local contacts = {}
    for i, entry in ipairs(entries) do contacts[i] = entry[2][2] end
    for i, job in ipairs(redis.call('HMGET', jobs, unpack(contacts))) do
        local job_state, _, attempts, entry = string.match(job or '', '^(%a) (%d+) (%d+) (%S+)')
        local waits = job_state == 'q' and entry == entries[i][1]
        local how, why
        if waits then how, why = ending(contacts[i]) end
        if waits and not how then
            take(letter, entry, contacts[i], attempts)
        else
            if how then finish(contacts[i], how, why) end
            redis.call('XACK', stream, 'workers', entries[i][1])
            redis.call('XDEL', stream, entries[i][1])
        end
    end
end
read('a', again)
read('q', queue)

local number = count()
if number > 0 then
    local leases = {}
    for i = 3, #taken, 4 do
        leases[#leases + 1] = ms(now_ms + lease)
        leases[#leases + 1] = id .. ' ' .. taken[i]
    end
    redis.call('ZREMRANGEBYSCORE', sending, '-inf', ms(now_ms))
    redis.call('ZADD', sending, unpack(leases))
    redis.call('PEXPIRE', sending, ms(lease * 2))
    if rate > 0 then
        local next_due = due + number * interval
        redis.call('SET', pace, ms(next_due), 'PX', ms(next_due - now_ms + 60000))
    end
    if number == most then wait = 0 end
end
local function is_empty()
    -- A run whose step was settled is nowhere else until advance.lua has seen it.
    if runs then return redis.call('HLEN', jobs) == 0 end
    return redis.call('XLEN', queue) + redis.call('XLEN', again) + redis.call('ZCARD', later) + redis.call('ZCARD', parked) == 0
end
if number == 0 and attempting <= 0 and is_empty() then
    wait = -1
    if not runs then
        state = 'finished'
        redis.call('HSET', campaign, 'state', state, 'finished', ms(now_ms))
    end
elseif runs and number == 0 and attempting <= 0
    and redis.call('XLEN', queue) + redis.call('XLEN', again) + redis.call('SCARD', ended) == 0
then
    -- Nothing before the first one is due, unless the limit rises.
    local first = redis.call('ZRANGE', later, 0, 0, 'WITHSCORES')[2]
    wait = math.max(10, math.min(redis.call('ZCARD', parked) > 0 and 2000 or 60000, first and first - now_ms or 60000))
end
local their_runs = {}
for i = 3, runs and #taken or 0, 4 do
    local place = string.match(redis.call('HGET', jobs, taken[i]), '^%a (%d+)')
    their_runs[#their_runs + 1] = place .. ' ' .. run_of[taken[i]]
end
return answer(wait, taken, is_full and 1 or 0, their_runs)
