-- Takes one of a user's places for a session. Members are "node session", scores the time of the claim.
-- KEYS[1] places, KEYS[2] user, see user.lua
-- ARGV    time override, session id, node, places, "1" to displace, expiry (s), how long a place is reserved for a
--         session that is not open yet (us), the time (us) of the caller's view of the nodes, the live nodes
-- Answer  GRANTED and the members that lost their place; or FULL
local user = redis.pcall('GET', KEYS[2]) or ''
if type(user) ~= 'string' then -- it is repaired when the session is opened
    user = ''
end
local function isOpen(sessionId)
    return string.find(user, '\n' .. sessionId .. '\t', 1, true)
end
local live = { [ARGV[3]] = true }
for i = 9, #ARGV do
    live[ARGV[i]] = true
end
heal('places', KEYS[1], 'zset')
local newest = 0
local reserved = tonumber(micros) - tonumber(ARGV[7]) -- a place taken before this must be of an open session
local held = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local placed = {}
for i = 1, #held, 2 do
    local node, epoch, sessionId = string.match(held[i], '^([%w._-]+@([1-9]%d*)) (.+)$')
    local since = tonumber(held[i + 1])
    if not epoch or not (since > 0 and isPast(since)) then
        note('places', KEYS[1])
        epoch, sessionId = '0', nil
    else
        newest = since
    end
    if sessionId == ARGV[2] then
        if node ~= ARGV[3] then -- its node has a new epoch by now
            redis.call('ZREM', KEYS[1], held[i])
            redis.call('ZADD', KEYS[1], held[i + 1], ARGV[3] .. ' ' .. sessionId)
        end
        redis.call('EXPIRE', KEYS[1], ARGV[6])
        return told({ 'GRANTED' })
    elseif
        sessionId
        and (live[node] or tonumber(epoch) >= tonumber(ARGV[8]))
        and (newest > reserved or isOpen(sessionId))
    then
        placed[#placed + 1] = held[i]
    else
        redis.call('ZREM', KEYS[1], held[i])
    end
end
local beyond = #placed - tonumber(ARGV[4]) + 1
if beyond > 0 and ARGV[5] ~= '1' then
    return told({ 'FULL' })
end
local answer = { 'GRANTED' }
for i = 1, beyond do
    redis.call('ZREM', KEYS[1], placed[i])
    answer[#answer + 1] = placed[i]
end
redis.call('ZADD', KEYS[1], digits(math.max(tonumber(micros), newest + 1)), ARGV[3] .. ' ' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return told(answer)
