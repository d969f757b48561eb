-- Opens, touches and closes sessions of a node, one after the other.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, expiry (s), retention (s), feed length, watchers in an answer; then
--         five for each change:
--           "o", user id, session id, the other fields of the session, email: opens it, or writes it anew
--           "O", the same, where the details in the fields are long
--           "t", user id, session id, "", "": notes that it is alive
--           "c", user id, session id, grace (ms), "": closes it, whatever its epoch
-- Answer  for each a transition, or for "t" whether it is open under this node and epoch, as "1" or "0", or "E" if what is
--         stored of that user made it fail; or FENCED; or STALE and the generation that counts

-- So long may a record be whose details are all within it, and the details that are beside the record, of all sessions of a
-- user together, and what is short: see Details.java.
local INLINE_BYTES, DETAIL_BYTES, SHORT_BYTES = 1024, 32768, 128

-- Puts long details beside the record, and answers what is left of the fields of a session. Where the user has too much there
-- already, what the client said of its device is dropped.
local function placed(sessionId, fields)
    if #sessions + #fields <= INLINE_BYTES then
        return fields
    end
    local times, details = string.match(fields, '^(%d+\t%d+\t)(.*)$')
    local all, total = prefix .. 'details:' .. userId, 0
    if string.find(sessions, '\t\\D', 1, true) then
        total = tonumber(redis.call('HGET', all, '') or '0') or -1
    end
    if total == 0 or total < 0 or total > DETAIL_BYTES then -- what is there belongs to nothing, or is not ours
        redis.call('DEL', all)
        total = 0
    end
    if total + #details <= DETAIL_BYTES then
        redis.call('HSET', all, sessionId, details, '', digits(total + #details))
        redis.call('EXPIRE', all, ARGV[5])
        return times .. '\\D'
    end
    local before, behind = string.match(details, '^([^\t]*\t)[^\t]*(\t.*)$')
    local short = before .. '\\N' .. behind
    return times .. (#short <= SHORT_BYTES and short or '\\N\t\\N\t\\N')
end

local function write(at)
    local what, sessionId = ARGV[at], ARGV[at + 2]
    load(ARGV[at + 1])
    if what == 't' then
        local _, last = string.find(sessions, '\n' .. sessionId .. '\t' .. node .. '\t', 1, true)
        if last then
            local behind = string.find(sessions, '\t', last + 1, true)
            if string.sub(sessions, behind, behind + 2) == '\t0\t' then
                return { '0' } -- it was rebuilt, and its details are missing
            end
            seen = millis
            sessions = string.sub(sessions, 1, last) .. millis .. string.sub(sessions, behind)
            redis.call('SET', key, state() .. sessions, 'KEEPTTL')
        end
        return { last and '1' or '0' }
    elseif what == 'c' then
        local kind = 'U'
        local holder = cut(sessionId, ARGV[2] .. '@')
        if holder then
            redis.call('SREM', prefix .. 'node:' .. holder, sessionId .. '\t' .. userId)
            redis.call('ZREM', prefix .. 'places:' .. userId, holder .. ' ' .. sessionId)
            seen = millis
            kind = settle(millis + ARGV[at + 3], ARGV[5], ARGV[6], ARGV[7])
        end
        return answer(kind, ARGV[8])
    end
    local holder = sessions ~= '' and cut(sessionId, '')
    if holder ~= node then
        local pair = sessionId .. '\t' .. userId
        if holder then
            redis.call('SREM', prefix .. 'node:' .. holder, pair)
        end
        redis.call('SADD', prefix .. 'node:' .. node, pair)
    end
    seen = millis
    if ARGV[at + 4] ~= '\\N' then
        email = ARGV[at + 4]
    end
    if since ~= '0' and online then
        redis.call('ZREM', prefix .. 'leaving', userId)
    end
    since = '0'
    local kind = 'U'
    if not online then
        kind = 'C'
        online = true
        -- by the number of the change: at the end of a sorted set there is less to search
        redis.call('ZADD', prefix .. 'online', change(ARGV[7]), userId)
    end
    local fields = ARGV[at + 3]
    if what == 'O' then
        fields = placed(sessionId, fields)
    end
    redis.call('SET', key, state() .. sessions .. '\n' .. sessionId .. '\t' .. node .. '\t' .. fields, 'EX', ARGV[5])
    return answer(kind, ARGV[8])
end

keptSeconds, keptChanges = ARGV[5], ARGV[7]
local answers = {}
for at = 9, #ARGV, 5 do
    local done, result = pcall(write, at)
    answers[#answers + 1] = done and result or again(result, write, at, ARGV[at + 1]) or { 'E' }
end
keepCount()
if partitionDamaged then
    mendPartition()
    keepCount()
end
return told(answers)
