-- What does a call of a Lua function cost? Recursive Fibonacci; the calibration of the whole benchmark.

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

return fib(32)
