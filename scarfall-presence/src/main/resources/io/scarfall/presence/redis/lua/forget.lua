-- No session of a dead node remains. If it did not leave, its life is kept for as long as its reaped sessions are remembered.
-- KEYS[1] nodes
-- ARGV    time override, node, how long reaped sessions are remembered (ms)
local life = redis.pcall('HGET', KEYS[1], ARGV[2])
local liveUntil, heldSince, reapableFrom
if type(life) == 'string' then
    liveUntil, heldSince, reapableFrom = string.match(life, '^0 (%d+) (%d+) (%d+)$')
end
if liveUntil and tonumber(heldSince) > 0 then
    redis.call('HSET', KEYS[1], ARGV[2], '0 ' .. liveUntil .. ' 0 ' .. digits(millis + ARGV[3]))
elseif liveUntil and tonumber(reapableFrom) <= tonumber(millis) then -- otherwise another reaper did this already
    redis.call('HDEL', KEYS[1], ARGV[2])
end
return { '1' }
