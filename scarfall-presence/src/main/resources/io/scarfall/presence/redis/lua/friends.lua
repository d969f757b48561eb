-- Changes a user's list of friends, and returns what the index of watchers lacks.
-- KEYS[1] the list to change (friend -> email), KEYS[2] the other list of the user, KEYS[3] version, KEYS[4] what the
--         index lacks (friend -> "1" listed, "0" not)
-- ARGV    time override, most friends, "set", "add" or "remove", then friend, email, friend, email, ...
-- Answer  "OK", the version, how many of the given friends were listed before, what the index lacks; or TOOMANY, the length
for i, expected in ipairs({ 'hash', 'hash', 'string', 'hash' }) do
    heal('friends', KEYS[i], expected)
end
local how = ARGV[3]
local named, size, known = {}, 0, 0
for i = 4, #ARGV, 2 do
    if named[ARGV[i]] == nil then
        size = size + 1
    end
    named[ARGV[i]] = ARGV[i + 1]
end
local before = {}
if how == 'set' then
    local list = redis.call('HGETALL', KEYS[1])
    for i = 1, #list, 2 do
        before[list[i]] = list[i + 1]
    end
else
    for friend in pairs(named) do
        before[friend] = redis.call('HGET', KEYS[1], friend) or nil
    end
end
for friend in pairs(named) do
    if before[friend] then
        known = known + 1
    end
end
if how == 'add' then
    size = redis.call('HLEN', KEYS[1]) + size - known
end
if how ~= 'remove' and size > tonumber(ARGV[2]) then
    return told({ 'TOOMANY', size })
end
local function isElsewhere(friend)
    return redis.call('HEXISTS', KEYS[2], friend) == 1
end
if how ~= 'remove' then
    for friend, email in pairs(named) do
        if before[friend] ~= email then
            redis.call('HSET', KEYS[1], friend, email)
        end
        if not before[friend] and not isElsewhere(friend) then
            redis.call('HSET', KEYS[4], friend, '1')
        end
    end
end
if how ~= 'add' then
    for friend in pairs(before) do
        if how == 'remove' or named[friend] == nil then
            redis.call('HDEL', KEYS[1], friend)
            if not isElsewhere(friend) then
                redis.call('HSET', KEYS[4], friend, '0')
            end
        end
    end
end
local lacking = redis.call('HGETALL', KEYS[4])
if #lacking == 0 then
    return told({ 'OK', '0', known, lacking })
end
local last = tonumber(redis.call('GET', KEYS[3]) or '0')
if not last or not isPast(last) then
    note('friends', KEYS[3])
    last = 0
end
local version = digits(math.max(last + 1, tonumber(micros)))
redis.call('SET', KEYS[3], version, 'EX', 86400)
return told({ 'OK', version, known, lacking })
