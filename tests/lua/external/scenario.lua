-- A typical use: records, queries, analysis, over several runs.
_home.appUsers = _home.appUsers or {}
for i = 0, 999 do
  _home.appUsers["user_" .. i] = { id = i, name = "User " .. i, email = "user" .. i .. "@example.com", score = i * 7919 % 1000 }
end
---- restart
local results = {}
for key, user in pairs(_home.appUsers) do
  if user.score >= 800 then table.insert(results, user) end
end
table.sort(results, function(a, b) return a.score > b.score end)
assert(#results == 200 and results[1].score == 999 and results[200].score == 800)
local matching = 0
for _, user in pairs(_home.appUsers) do if string.match(user.email, "example") then matching = matching + 1 end end
assert(matching == 1000)
_home.scores = {}
for i = 1, 100 do _home.scores[i] = 100 + i * 9 % 901 end
---- restart
local values = _home.scores
local sum = 0
for _, v in ipairs(values) do sum = sum + v end
table.sort(values)
local n = #values
local median = n % 2 == 0 and (values[n / 2] + values[n / 2 + 1]) / 2 or values[(n + 1) / 2]
assert(n == 100 and sum / n == 554.5 and median == 554.5, sum / n .. " " .. median)
assert(select("#", unpack(values)) == 100)
