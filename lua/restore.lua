-- Puts a part of a key's content back, from a backup: what is there already stays as it is.
--
-- KEYS  1 key   2 of a HyperLogLog: a name in the same slot that nobody uses, for a moment
-- ARGV  1           what it is: set, zset, hash, counts (a hash of numbers, of which the greater stays), list, stream, string,
--                   hll (a HyperLogLog)
--       2           when it expires, in epoch milliseconds; empty for never
--       3           keep, or take for what is to replace fields of a hash that are there
--       4           of a list: how many elements stand before these; of a stream: a consumer group to make with it, or empty
--       5 …         elements, 1 to 512: of a zset member and score, of a hash field and value; of a stream, for each entry how
--                   many words follow, its id, fields and values
-- Reply how many elements were not there
--
-- The same part twice is the part once. A key that was there keeps its expiry, unless the backup's is later. Entries of a
-- stream come in order, and none is put in before one that is there.
--
-- Example: EVAL … 1 M set 1800000000000 keep '' ann bob  ->  2

local key, what, expires, takes, first = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == 'take', 5
local left = redis.call('PTTL', key)
local added = 0
local function count(number) added = added + number end

if what == 'set' then
    if #ARGV >= first then count(redis.call('SADD', key, unpack(ARGV, first))) end
elseif what == 'zset' then
    for i = first, #ARGV, 2 do
        if not redis.call('ZSCORE', key, ARGV[i]) then count(redis.call('ZADD', key, ARGV[i + 1], ARGV[i])) end
    end
elseif what == 'hash' then
    for i = first, #ARGV, 2 do
        if takes then
            count(redis.call('HSET', key, ARGV[i], ARGV[i + 1]))
        else
            count(redis.call('HSETNX', key, ARGV[i], ARGV[i + 1]))
        end
    end
elseif what == 'counts' then
    for i = first, #ARGV, 2 do
        local known = redis.call('HGET', key, ARGV[i])
        if not known or (tonumber(known) or 0) < (tonumber(ARGV[i + 1]) or 0) then
            count(redis.call('HSET', key, ARGV[i], ARGV[i + 1]))
        end
    end
elseif what == 'list' then
    if redis.call('LLEN', key) == tonumber(ARGV[4]) then
        for i = first, #ARGV do redis.call('RPUSH', key, ARGV[i]) end
        count(#ARGV - first + 1)
    end
elseif what == 'stream' then
    if left == -2 and ARGV[4] ~= '' then redis.call('XGROUP', 'CREATE', key, ARGV[4], '0', 'MKSTREAM') end
    local last_ms, last_number = 0, 0
    if redis.call('EXISTS', key) == 1 then
        local info = redis.call('XINFO', 'STREAM', key)
        for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then last_ms, last_number = string.match(info[i + 1], '^(%d+)-(%d+)$') end
        end
        last_ms, last_number = tonumber(last_ms), tonumber(last_number)
    end
    local i = first
    while i <= #ARGV do
        local words = tonumber(ARGV[i])
        local ms, number = string.match(ARGV[i + 1], '^(%d+)-(%d+)$')
        ms, number = tonumber(ms), tonumber(number)
        if ms > last_ms or ms == last_ms and number > last_number then
            redis.call('XADD', key, unpack(ARGV, i + 1, i + words))
            last_ms, last_number = ms, number
            count(1)
        end
        i = i + words + 1
    end
elseif what == 'string' or left == -2 then
    if left == -2 then
        redis.call('SET', key, ARGV[first])
        count(1)
    end
else
    redis.call('SET', KEYS[2], ARGV[first])
    count(redis.call('PFMERGE', key, KEYS[2]) and 1)
    redis.call('UNLINK', KEYS[2])
end

if expires ~= '' then
    local time = redis.call('TIME')
    local now_ms = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
    if left == -2 or left >= 0 and tonumber(expires) > now_ms + left then redis.call('PEXPIREAT', key, expires) end
end
return added
