-- The partition of KEYS[1], its fence. Prepended to the scripts that write there.
--
-- The other keys of the partition have the same hash tag and are built from its name: which ones a script touches follows
-- from what it reads (a session names its node, whose set it is in; a reaped set names the users).
local prefix = string.sub(KEYS[1], 1, -6) -- without "fence"
local base, count -- of the ids in the feed, see change.lua; false if it has none yet, nil before they are read

