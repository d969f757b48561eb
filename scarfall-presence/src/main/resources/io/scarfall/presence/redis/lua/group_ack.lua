-- Stores the position up to which a consumer has processed the changes of its share.
-- KEYS[1] group, see group_read.lua
-- ARGV    consumer, how often the shares had changed when it read, then partition, id, partition, id, ...
-- Answer  "1"; "0" if the shares changed since: other consumers read the same changes again then
if redis.call('HGET', KEYS[1], 'g') ~= ARGV[2] or redis.call('HEXISTS', KEYS[1], '@' .. ARGV[1]) == 0 then
    return { '0' }
end
for i = 3, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
return { '1' }
