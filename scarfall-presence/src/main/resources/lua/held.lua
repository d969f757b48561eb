-- Names the lives of nodes that wrote in this partition and have sessions in it. The fence knows the newest life of each
-- name; one that is being reaped stands there with the epoch after its own.
-- KEYS[1] fence
-- Answer  node, node, ...
local fences = redis.call('HGETALL', KEYS[1])
local held = {}
for i = 1, #fences, 2 do
    local epoch = tonumber(string.match(fences[i + 1], '^(%d+) '))
    if epoch then -- else it is about the feed
        for e = epoch - 1, epoch do
            local node = fences[i] .. '@' .. string.format('%.0f', e)
            if redis.call('EXISTS', prefix .. 'node:' .. node) == 1 then
                held[#held + 1] = node
            end
        end
    end
end
return held
