-- Takes what is due from a list of what many processes look after, for as long as a lease: whoever is handed an element
-- looks after it, and should it die, another is handed the element once the lease has ended.
--
-- KEYS  1 list      sorted set by the time in ms when an element is due     hc:due:campaigns, hc:due:notices
-- ARGV  1           most elements   2 lease in ms
-- Reply {elements, wait}: in how many ms the next one is due
--
-- Example: EVAL … 1 hc:due:notices 16 5000  ->  {{'acct_42'}, 5000}

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local elements = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now_ms), 'LIMIT', 0, ARGV[1])
local scores = {}
for _, element in ipairs(elements) do
    scores[#scores + 1] = string.format('%.0f', now_ms + ARGV[2])
    scores[#scores + 1] = element
end
if #scores > 0 then redis.call('ZADD', KEYS[1], unpack(scores)) end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {elements, next[2] and math.max(0, next[2] - now_ms) or 60000}
