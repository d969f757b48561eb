-- What other programs, or a fault, may have written under our keys: put in front of the scripts that go on past it when they
-- are loaded.
--
-- Each key that held something unreadable is noted, and named in one more part at the end of the answer: the mark, then kind,
-- key, kind, key, ... A kind is one of StoreListener.Data.
local unreadable

local function note(kind, name)
    unreadable = unreadable or { '\0unreadable' }
    unreadable[#unreadable + 1] = kind
    unreadable[#unreadable + 1] = name
end

-- The answer of a script, with what was noted.
local function told(answer)
    answer[#answer + 1] = unreadable
    return answer
end

-- Removes a key that holds another type than it should; answers whether it did.
local function heal(kind, name, expected)
    local found = redis.call('TYPE', name).ok
    if found == 'none' or found == expected then
        return false
    end
    redis.call('DEL', name)
    note(kind, name)
    return true
end

-- Whether a failure is about what is stored. All else (no memory, no rights, a server that may not write) is about Redis.
local function isDamage(failure)
    local text = type(failure) == 'table' and failure.err or tostring(failure)
    return (
        string.find(text, 'WRONGTYPE', 1, true)
        or string.find(text, 'attempt to', 1, true)
        or string.find(text, 'bad argument', 1, true)
        or string.find(text, 'ID specified', 1, true)
        or string.find(text, 'not an integer', 1, true)
        or string.find(text, 'stream has exhausted', 1, true)
    ) ~= nil
end

-- Whether a number of microseconds is one that may have been given by now: clocks of servers differ by less than a day.
local function isPast(number)
    return number < micros + 86400000000
end

