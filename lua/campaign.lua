-- Makes a campaign, or takes it from one state to another.
--
-- KEYS  1 campaign, 2 jobs, 3 queue, 4 again, 5 later, 6 parked, as in claim.lua
--       7 campaigns sorted set of the account's campaigns by when they were made, in ms     hc:{acct_42}:campaigns
-- ARGV  1 id        2 the state to take it to; `loading` makes it, `gone` forgets it
--       3 …         the states it may be in for that; for a new one: its fields and values, `keysExpire` and `nonce` first.
--                   Asked for again with the same nonce, it is the same one
-- Reply {1 or 0, state}: whether it was done, and the state that the campaign is in now, `gone` if there is none
--
-- Example: EVAL … 7 C J Q A L P I spring paused running  ->  {1, 'paused'}

local campaign, jobs, queue, again, later, parked, campaigns =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local time = redis.call('TIME')
local now_ms = string.format('%.0f', time[1] * 1000 + math.floor(tonumber(time[2]) / 1000))
local state = redis.call('HGET', campaign, 'state')

if ARGV[2] == 'loading' then
    if state then return {redis.call('HGET', campaign, 'nonce') == ARGV[6] and 1 or 0, state} end
    redis.call('HSET', campaign, 'state', 'loading', 'created', now_ms, 'part', 0, unpack(ARGV, 3))
    local expires = ARGV[4]
    redis.call('XGROUP', 'CREATE', queue, 'workers', '0', 'MKSTREAM')
    redis.call('XGROUP', 'CREATE', again, 'workers', '0', 'MKSTREAM')
    for _, key in ipairs({campaign, queue, again}) do redis.call('EXPIREAT', key, expires) end
    redis.call('ZADD', campaigns, now_ms, ARGV[1])
    -- Longer than any is kept.
    redis.call('ZREMRANGEBYSCORE', campaigns, '-inf', string.format('%.0f', now_ms - 420 * 86400000))
    if redis.call('TTL', campaigns) < expires - time[1] then redis.call('EXPIREAT', campaigns, expires) end
    return {1, 'loading'}
end

if not state then return {0, 'gone'} end
for i = 3, #ARGV do
    if state == ARGV[i] then
        if ARGV[2] == 'gone' then
            redis.call('ZREM', campaigns, ARGV[1])
            redis.call('UNLINK', campaign, jobs, queue, again, later, parked)
        else
            redis.call('HSET', campaign, 'state', ARGV[2])
            if ARGV[2] == 'cancelled' then
                redis.call('UNLINK', later, parked)
                -- What is under way is in the streams: claim.lua removes them when that has ended.
                if tonumber(redis.call('HGET', campaign, 'attempting') or 0) <= 0 then redis.call('UNLINK', queue, again) end
            end
        end
        return {1, ARGV[2]}
    end
end
return {0, state}
