-- How the current user goes offline. Prepended to the scripts that remove sessions.

local function goOffline(retentionSeconds, feedLength)
    redis.call('ZREM', prefix .. 'online', userId)
    online = false
    since = millis
    change(feedLength)
    redis.call('SET', key, state(), 'EX', retentionSeconds)
end

-- Derives the status after sessions were removed: 'U' or 'W'.
local function settle(graceEnd, expirySeconds, retentionSeconds, feedLength)
    if sessions ~= '' then
        redis.call('SET', key, state() .. sessions, 'KEEPTTL')
        return 'U'
    end
    local left = graceEnd - millis
    if left > 0 then
        since = digits(graceEnd)
        redis.call('ZADD', prefix .. 'leaving', since, userId)
        redis.call('SET', key, state(), 'EX', math.ceil(left / 1000) + expirySeconds)
        return 'U'
    end
    goOffline(retentionSeconds, feedLength)
    return 'W'
end

