-- Removes a key of another type than it should be.
-- KEYS[1] key
-- ARGV    time override, kind, the type that it should be
heal(ARGV[2], KEYS[1], ARGV[3])
return told({ '1' })
