-- Reads an account's plan, or changes plan, limit, mode, time zone and start day; keeps an audit list.
--
-- KEYS  1 members, 2 held, 3 plan, as in activate.lua
--       4 audit     stream of changes, the last 1,000: who, from, to, effective (now, or epoch seconds)
--       5 outbox    as in activate.lua
-- ARGV  1 calendar, 2, 3 the day that the caller believes in, as in activate.lua
--       4, 5, 6     name, limit and mode of the plan of an account that has none of its own
--       7 who       8 `now` or `period-end`
--       9 … 13      new plan, limit, mode, zone, startDay; empty: stays as it is
--       14          name of the current period that the caller believes in
--       15          when that period ends; 16 when it would end but for a change of calendar that waits
--       17          name of the current period if the new zone and start day held at once
--       18          percentages that are told, as in activate.lua; 19 when the outbox expires, in epoch seconds
-- Reply {version, plan, limit, mode, zone, startDay, nextPlan, nextLimit, nextMode, nextZone, nextStartDay, notices}; an
--       empty string where there is none, and how many notices were put into the outbox
-- Error STALE_PERIOD, WRONG_CALENDAR as in activate.lua
--
-- A change of zone or start day waits for the period's end, unless nothing is counted or held in the period. A plan that
-- waits does so for the end of the period called planAfter, whenever that comes.
-- A new plan or limit `now` replaces a change that was waiting; a new mode `now` holds for the waiting one as well.
--
-- A change of limit or mode is told as limit.changed. So is a threshold that the new limit puts below the count, once for
-- a period, threshold and limit: the field `told` has them, PERIOD 80/100 100/100.
--
-- Example: EVAL … 5 M H P A O '||||' 1795478400 1795564800 free 100 hard ops@example.com now pro 1000 '' '' '' \
--     2026-11 1796083200 1796083200 2026-11 80,100 1800000000
--   {'1', 'pro', '1000', 'hard', 'UTC', '1', '', '', '', '', '', 1}; P has plan pro, limit 1000, mode hard,
--   version 1; A has who ops@example.com from 'plan=free limit=100' to 'plan=pro limit=1000' effective now.

local members, held, key, audit, outbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local time = redis.call('TIME')
local now = tonumber(time[1])
local stored = {}
local flat = redis.call('HGETALL', key)
for i = 1, #flat, 2 do stored[flat[i]] = flat[i + 1] end
local function get(field) return stored[field] or '' end
local calendar = table.concat(
    {get('zone'), get('startDay'), get('nextZone'), get('nextStartDay'), get('calendarFrom')}, '|')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end

-- What waited and is due is in force.
local function part(names, nexts, is_due)
    local current, pending = {}, nil
    for i, name in ipairs(names) do
        current[i] = is_due and stored[nexts[i]] or stored[name]
        if stored[nexts[i]] and not is_due then
            pending = pending or {}
            pending[i] = stored[nexts[i]]
        end
    end
    return current, pending
end

local plan_names, plan_nexts = {'plan', 'limit', 'mode'}, {'nextPlan', 'nextLimit', 'nextMode'}
local calendar_names, calendar_nexts = {'zone', 'startDay'}, {'nextZone', 'nextStartDay'}
local plan_after, calendar_from = stored['planAfter'], tonumber(stored['calendarFrom'])
local plan, next_plan = part(plan_names, plan_nexts, plan_after and plan_after ~= ARGV[14])
local cal, next_cal = part(calendar_names, calendar_nexts, calendar_from and now >= calendar_from)
local has_plan, has_calendar = plan[1] ~= nil, cal[1] ~= nil
for i = 1, 3 do plan[i] = plan[i] or ARGV[3 + i] end
cal[1], cal[2] = cal[1] or 'UTC', cal[2] or '1'

local who, at_period_end = ARGV[7], ARGV[8] == 'period-end'
local period, period_end, calendar_end = ARGV[14], ARGV[15], ARGV[16]
local audits = {}
local notices = 0

local function tell(...)
    notices = notices + 1
    redis.call('XADD', outbox, 'MAXLEN', '~', 1000, '*', ...)
    redis.call('EXPIREAT', outbox, ARGV[19])
end

local function same(a, b)
    for i = 1, #a do if a[i] ~= b[i] then return false end end
    return true
end

local function overlay(base, first)
    local result, is_given = {}, false
    for i = 1, #base do
        local given = ARGV[first - 1 + i]
        result[i] = given ~= '' and given or base[i]
        is_given = is_given or given ~= ''
    end
    return result, is_given
end

-- What differs, told as well if it is to be; or all of it where an account gets its first plan of its own with the default's values.
local function note(names, from, to, effective, is_told)
    local is_first = same(from, to)
    local before, after = {}, {}
    for i, name in ipairs(names) do
        if is_first or from[i] ~= to[i] then
            before[#before + 1] = name .. '=' .. from[i]
            after[#after + 1] = name .. '=' .. to[i]
        end
    end
    audits[#audits + 1] = {is_first and 'default' or table.concat(before, ' '), table.concat(after, ' '), effective}
    if is_told and (from[2] ~= to[2] or from[3] ~= to[3]) then
        tell('event', 'limit.changed', 'period', ARGV[14], 'from', from[2], 'fromMode', from[3], 'limit', to[2],
            'mode', to[3], 'plan', to[1], 'who', who, 'effective', effective, 'used', redis.call('SCARD', members))
    end
end

local target, is_given = overlay(at_period_end and next_plan or plan, 9)
if is_given and at_period_end then
    if not same(target, next_plan or plan) then
        note(plan_names, next_plan or plan, target, period_end, true)
        next_plan = not same(target, plan) and target or nil
    end
elseif is_given then
    local pending = next_plan
    if next_plan and (ARGV[9] ~= '' or ARGV[10] ~= '') then
        next_plan = nil
    elseif next_plan then
        next_plan = overlay(next_plan, 9)
        if not same(next_plan, pending) then note(plan_names, pending, next_plan, period_end, true) end
    end
    if pending and not next_plan then note(plan_names, pending, target, 'now') end
    if not same(target, plan) or not has_plan then note(plan_names, plan, target, 'now', true) end
    plan, has_plan = target, true
end

target, is_given = overlay(next_cal or cal, 12)
if is_given then
    local now_ms = string.format('(%.0f', now * 1000 + math.floor(tonumber(time[2]) / 1000))
    local is_fresh = redis.call('SCARD', members) == 0 and redis.call('ZCOUNT', held, now_ms, '+inf') == 0
    if not same(target, next_cal or cal) then
        local at_once = is_fresh and not at_period_end
        note(calendar_names, next_cal or cal, target, at_once and 'now' or calendar_end)
        has_calendar = true
        if at_once then
            cal, next_cal, period = target, nil, ARGV[17]
        else
            next_cal = not same(target, cal) and target or nil
        end
    end
end

local version = get('version')
if #audits > 0 then
    version = tostring(tonumber(stored['version'] or 0) + 1)
    local fields = {'version', version}
    local function set(names, values)
        for i, name in ipairs(names) do
            fields[#fields + 1] = name
            fields[#fields + 1] = values[i]
        end
    end
    if has_plan then set(plan_names, plan) end
    if has_calendar then set(calendar_names, cal) end
    redis.call('HDEL', key, 'nextPlan', 'nextLimit', 'nextMode', 'planAfter', 'nextZone', 'nextStartDay', 'calendarFrom')
    if next_plan then
        set(plan_nexts, next_plan)
        set({'planAfter'}, {period})
    end
    if next_cal then
        set(calendar_nexts, next_cal)
        set({'calendarFrom'}, {calendar_end})
    end
    redis.call('HSET', key, unpack(fields))
    for _, change in ipairs(audits) do
        redis.call('XADD', audit, 'MAXLEN', 1000, '*',
            'who', who, 'from', change[1], 'to', change[2], 'effective', change[3])
    end
end

if #audits > 0 and plan[3] ~= 'unlimited' then
    local used, told = redis.call('SCARD', members), get('told')
    if string.sub(told, 1, #ARGV[14] + 1) ~= ARGV[14] .. ' ' then told = ARGV[14] .. ' ' end
    for percent in string.gmatch(stored['thresholds'] or ARGV[18], '%d+') do
        local mark = percent .. '/' .. plan[2]
        if used > 0 and used >= math.ceil(plan[2] * percent / 100) and not string.find(told, ' ' .. mark .. ' ', 1, true) then
            tell('event', percent == '100' and 'limit.reached' or 'threshold.reached', 'period', ARGV[14],
                'threshold', percent, 'limit', plan[2], 'used', used)
            told = told .. mark .. ' '
            redis.call('HSET', key, 'told', told)
        end
    end
end

next_plan, next_cal = next_plan or {'', '', ''}, next_cal or {'', ''}
return {version, plan[1], plan[2], plan[3], cal[1], cal[2], next_plan[1], next_plan[2], next_plan[3],
    next_cal[1], next_cal[2], notices}
