-- Ends the share of a consumer.
-- KEYS[1] group, see group_read.lua
-- ARGV    consumer
if redis.call('HDEL', KEYS[1], '@' .. ARGV[1]) == 1 then
    redis.call('HINCRBY', KEYS[1], 'g', 1)
end
return { '1' }
