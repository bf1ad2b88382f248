-- What several hashes have of 1 to 512 fields, all at one moment.
--
-- KEYS  hashes of one account
-- ARGV  fields
-- Reply for each hash the fields' values, in order
--
-- Example: EVAL … 2 J R ann bob  ->  {{'q 1 0 1795500000000-0', nil}, {'1 1795500000000 {}', nil}}

local reply = {}
for i, key in ipairs(KEYS) do reply[i] = redis.call('HMGET', key, unpack(ARGV)) end
return reply
