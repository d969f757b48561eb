-- Notes in the index that a user's list has this friend, or no longer has. Of concurrent changes the newest wins, in any
-- order of arrival: the version of the last one is kept for a while, and older changes are refused.
-- KEYS[1] watchers, KEYS[2] marks
-- ARGV    time override, the watcher, version (us) of the watcher's list, "1" listed or "0" not
-- Answer  "OK" or "LATE"
local version = tonumber(ARGV[3])
heal('watchers', KEYS[1], 'zset')
heal('watchers', KEYS[2], 'zset')
if micros - version > 30000000 then
    return told({ 'LATE' })
end
local last = redis.call('ZSCORE', KEYS[2], ARGV[2])
if last and tonumber(last) >= version and isPast(tonumber(last)) then
    return { 'OK' }
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', digits(micros - 60000000))
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
redis.call('EXPIRE', KEYS[2], 120)
if ARGV[4] == '1' then
    redis.call('ZADD', KEYS[1], 0, ARGV[2])
else
    redis.call('ZREM', KEYS[1], ARGV[2])
end
return told({ 'OK' })
