-- Tells who lives, to somebody who is no node.
-- KEYS[1] nodes
-- ARGV    time override
-- Answer  the time (us), the lives
readClock(ARGV[1])
loadNodes()
return { digits(micros), view() }
