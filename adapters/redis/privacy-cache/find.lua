-- KEYS[1]: what is kept of a viewer. ARGV: a fresh lease, milliseconds to keep, then authors.
-- Answers the lease that holds and what is kept of each author. Everything of a viewer runs out together, from its first lease on.
local found = redis.call('HMGET', KEYS[1], 'lease', unpack(ARGV, 3))
if found[1] then return found end
for i = 2, #found do
  if not found[i] then
    redis.call('HSET', KEYS[1], 'lease', ARGV[1])
    redis.call('PEXPIRE', KEYS[1], ARGV[2], 'NX')
    found[1] = ARGV[1]
    return found
  end
end
return found
