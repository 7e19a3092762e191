-- How fast are words counted? Text cut into words, which become keys of a table.

local ROUNDS <const> = 1400

local text = [[
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light,
it was the season of Darkness, it was the spring of hope, it was the winter of despair, we had
everything before us, we had nothing before us, we were all going direct to Heaven, we were all going
direct the other way: in short, the period was so far like the present period, that some of its
noisiest authorities insisted on its being received, for good or for evil, in the superlative degree
of comparison only.
]]

local counts, bigrams = {}, {}
for round = 1, ROUNDS do
  local before = "start"
  for word in text:gmatch("%a+") do
    word = word:lower()
    counts[word] = (counts[word] or 0) + 1
    local pair = before .. " " .. word
    bigrams[pair] = (bigrams[pair] or 0) + 1
    local numbered = word .. round % 10
    counts[numbered] = (counts[numbered] or 0) + #word
    before = word
  end
end

local function checksum(table_of_counts)
  local keys = {}
  for key in pairs(table_of_counts) do keys[#keys + 1] = key end
  table.sort(keys)
  local sum = #keys
  for _, key in ipairs(keys) do sum = (sum * 31 + table_of_counts[key] + #key) % 1000000007 end
  return sum
end
return string.format("%d %d", checksum(counts), checksum(bigrams))
