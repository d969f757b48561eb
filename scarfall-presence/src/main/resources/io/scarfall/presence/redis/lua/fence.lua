-- Refuses a write of a node that may no longer write. Prepended to the scripts of nodes.
--
-- ARGV[2], [3] and [4] are the node's name, the epoch under which it writes, and the generation of its connection. The fence
-- keeps the highest epoch and generation that wrote here: a write with a lower one was sent earlier, and was overtaken. An
-- epoch that no node can have yet fences no node.
local node = ARGV[2] .. '@' .. ARGV[3]
local own = ARGV[3] .. ' ' .. ARGV[4] .. ' '
local fences = redis.call('HMGET', KEYS[1], ARGV[2], '#', '##')
local fence = fences[1]
base, count = fences[2], fences[3]
if not fence or string.sub(fence, 1, #own) ~= own then
    if fence then
        local epoch, generation = string.match(fence, '^(%d+) (%d+) %d+$')
        if not epoch or not isPast(tonumber(epoch)) or #generation > 15 then
            note('fence', KEYS[1])
        else
            local younger = ARGV[3] - epoch
            if younger < 0 then
                return { 'FENCED' }
            elseif younger == 0 and tonumber(ARGV[4]) < tonumber(generation) then
                return { 'STALE', generation }
            end
        end
    end
    redis.call('HSET', KEYS[1], ARGV[2], own .. millis)
end

