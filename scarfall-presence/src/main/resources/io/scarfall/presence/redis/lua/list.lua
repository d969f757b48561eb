-- Reads a list of friends that other systems write as JSON, unless it is long: the size is known before the list is fetched.
-- KEYS[1] the list; ARGV[1] the most bytes to read
-- Answer  the size in bytes, and the list, or nil if there is none; for a longer list the size only

local size = redis.call('STRLEN', KEYS[1])
if size > tonumber(ARGV[1]) then
  return {size}
end
return {size, redis.call('GET', KEYS[1])}
