-- Each connection waits a random time before its next request, exponential with the mean of the first
-- argument in milliseconds: many clients who do not know of each other.

local mean

function init(arguments)
  mean = tonumber(arguments[1])
end

function delay()
  return math.floor(-mean * math.log(1 - math.random()) + 0.5)
end
