-- Writes once how the keys are laid out, and tells it.
-- KEYS[1] meta
-- ARGV    format, partitions
-- Answer  the format and the partitions that hold
redis.call('HSETNX', KEYS[1], 'format', ARGV[1])
redis.call('HSETNX', KEYS[1], 'partitions', ARGV[2])
return redis.call('HMGET', KEYS[1], 'format', 'partitions')
