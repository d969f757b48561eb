-- Lowers the generation in a fence to that of the node's connection: only the node raises it, so another program wrote a higher one.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation
local fence = redis.call('HGET', KEYS[1], ARGV[2])
if fence and string.match(fence, '^%d+') == ARGV[3] then
    redis.call('HSET', KEYS[1], ARGV[2], ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. millis)
end
return { '1' }
