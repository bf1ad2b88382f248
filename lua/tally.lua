-- How many contacts are counted in a period, and how many the statistics know of.
--
-- KEYS  1 members, 2 stats, as in activate.lua
-- ARGV  1 `look`; or `missing`: how many counted contacts no day has is written down, in the field `unattributed`; or `any`:
--         also, as a number below 0, how many the days have that aren't counted
--       2 when stats expire, in epoch seconds
-- Reply {members, sum of the days, unattributed}: members are the sum and what is unattributed, when all is well
--
-- Example: EVAL … 2 M S missing 1830000000  ->  {3, 2, 1}; then S has unattributed 1

local members = redis.call('SCARD', KEYS[1])
local sum, unattributed = 0, 0
local stats = redis.call('HGETALL', KEYS[2])
for i = 1, #stats, 2 do
    if stats[i] == 'unattributed' then
        unattributed = tonumber(stats[i + 1]) or 0
    elseif string.match(stats[i], '^%d+:[^:]+:activated$') then
        sum = sum + (tonumber(stats[i + 1]) or 0)
    end
end
local missing = members - sum - unattributed
if members > 0 and (missing > 0 and ARGV[1] ~= 'look' or missing < 0 and ARGV[1] == 'any') then
    unattributed = members - sum
    redis.call('HSET', KEYS[2], 'unattributed', string.format('%.0f', unattributed))
    if redis.call('TTL', KEYS[2]) < 0 then redis.call('EXPIREAT', KEYS[2], ARGV[2]) end
end
return {members, sum, unattributed}
