--- random patterns in random texts
local seed
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return (seed // 65536) % n + 1
end
local pieces = { "a", "b", "c", ".", "%a", "%d", "%s", "%w", "%S", "%W", "%l", "%u", "%p", "%x", "%c", "%g", "%z", "%Z",
  "%.", "%%", "%-", "[abc]", "[^abc]", "[a-c]", "[%a_]", "[^%s]", "[]]", "[^]]", "[%]]", "(", ")", "()", "(", "%1", "%2",
  "%b()", "%f[%w]", "%f[^%a]", "$", "^", " ", "=", "-", "[", "%", "[a-", "\0", "\xc3\xa9", "x", "%q", "[%w-z]", "[a-]", "," }
local suffixes = { "", "", "", "*", "+", "-", "?", "" }
local letters = { "a", "b", "c", "a", "b", "x", "z", "1", "2", " ", " ", "(", ")", "=", "-", ".", "%", "]", "_", "\0", "\n", "A",
  "\xc3\xa9", ",", "ab" }
local function made(from, most, last)
  local parts = {}
  for i = 1, random(most) - 1 do parts[i] = from[random(#from)] .. (last and last[random(#last)] or "") end
  return table.concat(parts)
end
for _, begin in ipairs { 1, 271828, 31415926, 20231, 777 } do
  seed = begin
  local digest, answers, errors = 0, 0, 0
  local function note(well, ...)
    answers = answers + 1
    if not well then errors = errors + 1 end
    for i = 1, select("#", ...) do
      local text = tostring((select(i, ...)))
      for j = 1, #text do digest = (digest * 31 + text:byte(j)) % 1000000007 end
      digest = (digest * 31 + 7) % 1000000007
    end
  end
  for round = 1, 400 do
    local pattern = (random(6) == 1 and "^" or "") .. made(pieces, 7, suffixes)
    local text = made(letters, 30)
    if random(20) == 1 then text = text:rep(40) end
    note(pcall(string.find, text, pattern, random(3) == 1 and random(12) - 6 or nil))
    note(pcall(string.match, text, pattern))
    note(pcall(string.gsub, text, pattern, "<%0>", random(4) == 1 and random(4) - 1 or nil))
    note(pcall(string.gsub, text, pattern, "%1"))
    note(pcall(string.gsub, text, pattern, function(first, second) return second and first end))
    local well, step, state, first = pcall(string.gmatch, text, pattern, random(5))
    local found, captures = well, { step }
    while found and captures[1] do
      captures = table.pack(pcall(step, state, first))
      found = captures[1] and captures[2] ~= nil
      note(table.unpack(captures, 1, captures.n))
    end
  end
  print(begin, digest, answers, errors)
end
