-- Takes 1 to 256 events of one account's contacts, and starts the scenarios that they trigger.
--
-- KEYS  1 scenarios hash of the account's scenarios, and :version            hc:{acct_42}:scenarios
--       2 seen      sorted set of events by when they came, in ms            hc:{acct_42}:seen
--       3 heard     sorted set of contacts by their last event, in ms        hc:{acct_42}:heard
--       4 …         for each scenario in ARGV: scenario, jobs, runs, queue, again, cooling, later   hc:{acct_42}:scenario:welcome …
--       then        each event's contact's list of what happened             hc:{acct_42}:contact:17841…
-- ARGV  1 the version of the scenarios that the caller knows, empty for none
--       2 number of scenarios   3 seconds that runs are kept   4 seconds that contacts' lists and heard are kept
--       5 how long an event is remembered, in ms               6 … the scenarios' ids
--       then for each event: fingerprint, contact, kind, id or -, when it happened in ms or 0, the event as JSON, the numbers of the
--       scenarios that it triggers (1 3), and what is to be told of others (promo=disabled)
-- Reply for each event `duplicate`, or SCENARIO=started:RUN, SCENARIO=busy, SCENARIO=cooling_down … with spaces between
-- Error WRONG_SCENARIOS VERSION when the account has others; nothing is written then, and the caller reads them anew
--
-- Repeated after a lost reply it finds duplicates: nothing is started twice. An event counts as seen once all of it is written: a
-- script that fails in the middle is not undone, and the event that comes again is to be taken then.
--
-- Example: EVAL … 11 C SEEN HEARD S J R Q A COOL LATER L 3 1 8640000 3888000 259200000 welcome f1 ann message m1 0 '{}' 1 ''
--   {'welcome=started:1'}; then J has ann 'q 1 0 1795500000000-0' and R has ann '1 1795500000000 {}'

local index, seen, heard = KEYS[1], KEYS[2], KEYS[3]
local version = redis.call('HGET', index, ':version') or ''
if version ~= ARGV[1] then return redis.error_reply('WRONG_SCENARIOS ' .. version) end
local number, keep, keep_list, memory = tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local function ms(value) return string.format('%.0f', value) end

-- The scenarios of which a run was started, to the delay of their first step in ms.
local touched = {}
local function start(i, contact, event)
    local first = 3 + 7 * (i - 1)
    local scenario, jobs, runs, queue, again, cooling, later = unpack(KEYS, first + 1, first + 7)
    if redis.call('HEXISTS', jobs, contact) == 1 then return 'busy' end
    if tonumber(redis.call('ZSCORE', cooling, contact) or 0) > now then return 'cooling_down' end
    local is_first = not touched[i]
    if is_first then
        touched[i] = tonumber(string.match(redis.call('HGET', scenario, 'delays') or '', '^%d+') or 0)
        for _, stream in ipairs({queue, again}) do
            if redis.call('EXISTS', stream) == 0 then redis.call('XGROUP', 'CREATE', stream, 'workers', '0', 'MKSTREAM') end
        end
    end
    local entry, due
    if touched[i] == 0 then
        entry = redis.call('XADD', queue, '*', 'contact', contact)
    else
        due = ms(now + touched[i])
        redis.call('ZADD', later, due, contact)
    end
    redis.call('HSET', runs, contact, '1 ' .. ms(now) .. ' ' .. event)
    local run = redis.call('HINCRBY', scenario, 'started', 1)
    redis.call('HSET', jobs, contact, entry and 'q ' .. run .. ' 0 ' .. entry or 'l ' .. run .. ' 0 ' .. ms(now) .. ' ' .. due .. ' ')
    if is_first then
        for _, key in ipairs({jobs, runs, queue, again, later}) do redis.call('EXPIRE', key, keep) end
    end
    return 'started:' .. run
end

local reply, remembered = {}, false
local first_event = 6 + number
for event = 1, (#ARGV - first_event + 1) / 8 do
    local fingerprint, contact, kind, id, at, text, triggers, others =
        unpack(ARGV, first_event + 8 * (event - 1), first_event + 8 * event - 1)
    if tonumber(redis.call('ZSCORE', seen, fingerprint) or 0) > now - memory then
        reply[event] = 'duplicate'
    else
        -- A clock that is ahead, or behind by more than webhooks are ever late, is not believed.
        at = tonumber(at)
        if at > now or at < now - 7 * 86400000 then at = now end
        if at > tonumber(redis.call('ZSCORE', heard, contact) or 0) then redis.call('ZADD', heard, ms(at), contact) end
        local reactions = {}
        for i in string.gmatch(triggers, '%d+') do
            i = tonumber(i)
            reactions[#reactions + 1] = ARGV[5 + i] .. '=' .. start(i, contact, text)
        end
        if others ~= '' then reactions[#reactions + 1] = others end
        reply[event] = table.concat(reactions, ' ')
        local list = KEYS[3 + 7 * number + event]
        local length = redis.call('RPUSH', list, 'e ' .. ms(now) .. ' ' .. kind .. ' ' .. id .. ' ' .. reply[event])
        if length > 100 then redis.call('LTRIM', list, -100, -1) end
        redis.call('EXPIRE', list, keep_list)
        redis.call('ZADD', seen, ms(now), fingerprint)
        remembered = true
    end
end
if remembered then
    redis.call('ZREMRANGEBYSCORE', seen, '-inf', ms(now - memory))
    redis.call('EXPIRE', seen, math.ceil(memory / 1000))
    redis.call('ZREMRANGEBYSCORE', heard, '-inf', ms(now - keep_list * 1000))
    redis.call('EXPIRE', heard, keep_list)
end
return reply
