-- KEYS: what is kept of viewers. ARGV: milliseconds to keep, then for each key the author whose relation is about to change.
-- The lease "changing" is nobody's: nothing is kept until it is gone.
for i, key in ipairs(KEYS) do
  redis.call('HDEL', key, ARGV[i + 1])
  redis.call('HSET', key, 'lease', 'changing')
  redis.call('PEXPIRE', key, ARGV[1], 'NX')
end
return #KEYS
