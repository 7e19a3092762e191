-- The first script to run: `make run`.
local function fibonacci(n)
  local a, b = 0, 1
  for _ = 1, n do a, b = b, a + b end
  return a
end

print("Hello from " .. _VERSION .. " in WebAssembly")
for n = 10, 50, 20 do
  print(("fibonacci(%d) = %d"):format(n, fibonacci(n)))
end

return "done", collectgarbage("count") < 1024
