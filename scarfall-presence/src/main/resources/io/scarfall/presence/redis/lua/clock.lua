-- The time, by Redis's own clock or by the override that tests give: put in front of all scripts that need it when they are
-- loaded. ARGV[1] is the override, or empty.
--
-- Both are texts, of 16 and of 13 digits until the year 2286: as such they are compared, cut and stored. To print a number, or
-- to hand one to redis.call, costs as much as a look-up. As numbers they are below 2^53, hence exact in Lua.
local micros = ARGV[1]
if micros == '' then
    local time = redis.call('TIME')
    micros = string.format('%s%06d', time[1], time[2])
end
local millis = string.sub(micros, 1, -4)

-- A number as digits only: tostring() would give 1.7e+15.
local function digits(number)
    return string.format('%.0f', number)
end

