-- Takes a notice to deliver it, or records how that went: one that is done with leaves the outbox for the list of past
-- notices.
--
-- KEYS  1 outbox      as in activate.lua
--       2 deliveries  hash of a notice to ATTEMPTS DUE DETAIL: those to be tried again   hc:{acct_42}:outbox:deliveries
--       3 notices     stream of past notices, the last 500 or so                         hc:{acct_42}:notices
-- ARGV  1 the notice's id in the outbox   2 take, retry, delivered, failed or no_url   3 attempts made   4 detail, in words
--       5 when it is to be tried again, in ms; for `take`, for how many ms it is nobody else's   6 when deliveries and notices expire, in epoch seconds
-- Reply 1 if it was still in the outbox and, for `take`, due; 0 otherwise
--
-- Example: EVAL … 3 O D N 1795500000000-0 delivered 1 200 0 1800000000  ->  1

local outbox, deliveries, notices = KEYS[1], KEYS[2], KEYS[3]
local entry = redis.call('XRANGE', outbox, ARGV[1], ARGV[1])[1]
if not entry then return 0 end
local due = ARGV[5]
if ARGV[2] == 'take' then
    local time = redis.call('TIME')
    local now_ms = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
    local attempts, until_ms, detail = string.match(redis.call('HGET', deliveries, ARGV[1]) or '0 0 ', '^(%d+) (%d+) (.*)$')
    if tonumber(until_ms) > now_ms then return 0 end
    redis.call('HSET', deliveries, ARGV[1], attempts .. ' ' .. string.format('%.0f', now_ms + due) .. ' ' .. detail)
    redis.call('EXPIREAT', deliveries, ARGV[6])
    return 1
end
if ARGV[2] == 'retry' then
    redis.call('HSET', deliveries, ARGV[1], ARGV[3] .. ' ' .. due .. ' ' .. ARGV[4])
    redis.call('EXPIREAT', deliveries, ARGV[6])
    return 1
end
redis.call('XDEL', outbox, ARGV[1])
redis.call('HDEL', deliveries, ARGV[1])
redis.call('XADD', notices, 'MAXLEN', '~', 500, '*',
    'status', ARGV[2], 'attempts', ARGV[3], 'detail', ARGV[4], 'told', ARGV[1], unpack(entry[2]))
redis.call('EXPIREAT', notices, ARGV[6])
return 1
