-- Notes up to where a consumer has handled the changes of its share.
-- KEYS[1] group, see group_read.lua
-- ARGV    consumer, how often the shares had changed when it read, then partition, id, partition, id, ...
-- Answer  "1"; "0" if they changed since: then others read the same again
if redis.call('HGET', KEYS[1], 'g') ~= ARGV[2] or redis.call('HEXISTS', KEYS[1], '@' .. ARGV[1]) == 0 then
    return { '0' }
end
for i = 3, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
return { '1' }
