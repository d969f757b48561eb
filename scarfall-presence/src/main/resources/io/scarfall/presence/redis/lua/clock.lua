-- The time, by Redis's own clock or by the override of a test. Prepended to all scripts that need it. ARGV[1] is the
-- override, or empty.
--
-- Both are texts, of 16 and of 13 digits until the year 2286: they are compared, cut and stored as texts. Printing a number,
-- or passing one to redis.call, costs as much as a look-up. As numbers they are below 2^53, hence exact in Lua.
local micros = ARGV[1]
if micros == '' then
    local time = redis.call('TIME')
    micros = string.format('%s%06d', time[1], time[2])
end
local millis = string.sub(micros, 1, -4)

-- A number in digits only: tostring() would give 1.7e+15.
local function digits(number)
    return string.format('%.0f', number)
end

