-- Repairs keys. Prepended to scripts, after note.lua.

-- The answer of a script, with the noted keys.
local function told(answer)
    answer[#answer + 1] = unreadable
    return answer
end

-- Removes a key that has another type than expected; returns whether it did.
local function heal(kind, name, expected)
    local found = redis.call('TYPE', name).ok
    if found == 'none' or found == expected then
        return false
    end
    redis.call('DEL', name)
    note(kind, name)
    return true
end

-- Whether a failure is about stored data. All others (no memory, no rights, a read-only server) are about Redis.
local function isDamage(failure)
    local text = type(failure) == 'table' and failure.err or tostring(failure)
    return (
        string.find(text, 'WRONGTYPE', 1, true)
        or string.find(text, 'unreadable record', 1, true)
        or string.find(text, 'attempt to', 1, true)
        or string.find(text, 'bad argument', 1, true)
        or string.find(text, 'ID specified', 1, true)
        or string.find(text, 'not an integer', 1, true)
        or string.find(text, 'stream has exhausted', 1, true)
    ) ~= nil
end

