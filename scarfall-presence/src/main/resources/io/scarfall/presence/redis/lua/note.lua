-- How scripts notice what other programs, or a fault, may have written under our keys: put in front of those that go on past it
-- when they are loaded. What puts it right is in unreadable.lua and rebuild.lua: the script of sessions does without them, since
-- each run makes all functions.
--
-- Each key that held something unreadable is noted, and named in one more part at the end of the answer: the mark, then kind,
-- key, kind, key, ... A kind is one of StoreListener.Data.
local unreadable

local function note(kind, name)
    unreadable = unreadable or { '\0unreadable' }
    unreadable[#unreadable + 1] = kind
    unreadable[#unreadable + 1] = name
end

-- Whether a number of microseconds is one that may have been given by now: clocks of servers differ by less than a day.
local function isPast(number)
    return number < micros + 86400000000
end

