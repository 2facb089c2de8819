-- KEYS[1]: what is kept of a viewer. ARGV: the lease under which it was read, then author and relation in turn.
local held = redis.call('HGET', KEYS[1], 'lease')
if held == 'changing' or held ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1
