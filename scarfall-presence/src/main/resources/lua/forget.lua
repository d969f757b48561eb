-- Nothing is left of a dead node.
-- KEYS[1] nodes
-- ARGV    node
local life = redis.pcall('HGET', KEYS[1], ARGV[1])
if type(life) == 'string' and string.sub(life, 1, 1) == '0' then
    redis.call('HDEL', KEYS[1], ARGV[1])
end
return { '1' }
