-- Adds a target at the end of the list of revocations, and removes entries that were kept for long enough.
-- KEYS[1] revoked
-- ARGV    time override, target, keep (ms), the most entries
-- Answer  the version, and LOST if the list had another type and was removed; or FULL
local now = tonumber(micros)
local lost = heal('revoked', KEYS[1], 'zset') and 'LOST' or nil
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', digits(now - tonumber(ARGV[3]) * 1000))
if redis.call('ZREMRANGEBYSCORE', KEYS[1], digits(now + 86400000000), '+inf') > 0 then -- no version is so far ahead
    note('revoked', KEYS[1])
end
if not redis.call('ZSCORE', KEYS[1], ARGV[2]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
    return told({ 'FULL' })
end
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local version = digits(math.max(now, last[2] and tonumber(last[2]) + 1 or 0))
redis.call('ZADD', KEYS[1], version, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return told(lost and { version, lost } or { version })
