-- KEYS: what is kept of viewers. ARGV: for each key the author whose relation has changed.
for i, key in ipairs(KEYS) do
  redis.call('HDEL', key, ARGV[i], 'lease')
end
return #KEYS
