-- Lets a merged contact go by another name, if it still goes by the one that was seen.
--
-- KEYS  1 merged, as in activate.lua
-- ARGV  1 contact   2 by what it went   3 by what it is to go
-- Reply 1 if that was done, 0 otherwise
--
-- Example: EVAL … 1 G ann bob cleo  ->  1

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
