-- Counts the users of a partition whose grace is over.
-- KEYS[1] fence
-- ARGV    time override
-- Answer  how many
return { redis.call('ZCOUNT', prefix .. 'leaving', '-inf', millis) }
