-- Opens, touches and closes sessions of a node, one after the other.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, expiry (s), retention (s), feed length, watchers in an answer; then
--         five for each change:
--           "o", user id, session id, the other fields of the session, email: opens it, or writes it again
--           "O", the same, if the details in the fields are long
--           "t", user id, session id, "", "": notes that it is active
--           "c", user id, session id, grace (ms), "1" if it may have a place: closes it, under any epoch
-- Answer  for each change a transition; or for "t" whether it is open under this node and epoch, as "1" or "0"; or "E" if
--         unreadable data made it fail, which mend.lua repairs. For all: FENCED; or STALE and the current generation
--
-- This is the most frequent script, and each run of a script creates its functions: code that is rarely needed is no function.

-- The longest record that has all details within it; the most bytes of details beside the record, of all sessions of a user
-- together; and the length up to which details are short: see Details.java.
local INLINE_BYTES, DETAIL_BYTES, SHORT_BYTES = 1024, 32768, 128

local answers, at = {}, 9

-- Makes the changes, from the current one on. Returns when one fails.
local function write()
    while at <= #ARGV do
        local what, sessionId, told = ARGV[at], ARGV[at + 2], nil
        load(ARGV[at + 1])
        if what == 't' then
            local _, last = string.find(sessions, '\n' .. sessionId .. '\t' .. node .. '\t', 1, true)
            local behind = last and string.find(sessions, '\t', last + 1, true)
            if behind and string.find(sessions, '^0\t', behind + 1) then
                last = nil -- it was rebuilt, and its details are missing
            elseif last then
                seen = millis
                sessions = string.sub(sessions, 1, last) .. millis .. string.sub(sessions, behind)
                redis.call('SET', key, state() .. sessions, 'KEEPTTL')
            end
            told = { last and '1' or '0' }
        elseif what == 'c' then
            local kind = 'U'
            local holder = cut(sessionId, ARGV[2] .. '@')
            if holder then
                redis.call('SREM', prefix .. 'node:' .. holder, sessionId .. '\t' .. userId)
                if ARGV[at + 4] == '1' then
                    redis.call('ZREM', prefix .. 'places:' .. userId, holder .. ' ' .. sessionId)
                end
                seen = millis
                kind = settle(millis + ARGV[at + 3], ARGV[5], ARGV[6], ARGV[7])
            end
            told = answer(kind, ARGV[8])
        else
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
            if what == 'O' and #sessions + #fields > INLINE_BYTES then
                -- Long details are stored beside the record. If the user has too many there, the device that the client
                -- sent is dropped.
                local times, details = string.match(fields, '^(%d+\t%d+\t)(.*)$')
                local all, total = prefix .. 'details:' .. userId, 0
                if string.find(sessions, '\t\\D', 1, true) then
                    total = tonumber(redis.call('HGET', all, '') or '0') or -1
                end
                if total == 0 or total < 0 or total > DETAIL_BYTES then -- it belongs to no session, or is not ours
                    redis.call('DEL', all)
                    total = 0
                end
                if total + #details <= DETAIL_BYTES then
                    redis.call('HSET', all, sessionId, details, '', digits(total + #details))
                    redis.call('EXPIRE', all, ARGV[5])
                    fields = times .. '\\D'
                else
                    local before, behind = string.match(details, '^([^\t]*\t)[^\t]*(\t.*)$')
                    local short = before .. '\\N' .. behind
                    fields = times .. (#short <= SHORT_BYTES and short or '\\N\t\\N\t\\N')
                end
            end
            redis.call('SET', key, state() .. sessions .. '\n' .. sessionId .. '\t' .. node .. '\t' .. fields, 'EX', ARGV[5])
            told = answer(kind, ARGV[8])
        end
        answers[#answers + 1] = told
        at = at + 5
    end
end

repeat
    local done, failure = pcall(write)
    if not done then
        local text = type(failure) == 'table' and failure.err or tostring(failure)
        if -- the same condition as in unreadable.lua: all other errors are about Redis
            not string.find(text, 'WRONGTYPE', 1, true)
            and not string.find(text, 'unreadable record', 1, true)
            and not string.find(text, 'attempt to', 1, true)
            and not string.find(text, 'bad argument', 1, true)
            and not string.find(text, 'ID specified', 1, true)
            and not string.find(text, 'not an integer', 1, true)
            and not string.find(text, 'stream has exhausted', 1, true)
        then
            error(failure)
        end
        answers[#answers + 1] = { 'E' }
        at = at + 5
    end
until done
keepCount()
answers[#answers + 1] = unreadable
return answers
