-- Text: splitting, templates, patterns, cases, characters.
local rows = {}
for i = 1, 400 do rows[i] = ("%d,name %d,%s,%.2f"):format(i, i * 3, i % 2 == 0 and "yes" or "no", i / 7) end
local csv = table.concat(rows, "\n")
local template = "Dear {name}, your number {id} costs {price} ({flag})."
for round = 1, 30 do
  local letters, sum, out = 0, 0.0, {}
  for line in csv:gmatch("[^\n]+") do
    local id, name, flag, price = line:match("^(%d+),([^,]*),(%a+),([%d.]+)$")
    sum = sum + tonumber(price)
    local fields = {id = id, name = name, flag = flag, price = price}
    out[#out + 1] = template:gsub("{(%w+)}", fields)
    if line:find("9", 1, true) then letters = letters + #line end
  end
  local page = table.concat(out, "\n")
  local words = {}
  for word in page:lower():gmatch("%a+") do words[word] = (words[word] or 0) + 1 end
  local escaped = page:sub(1, 2000):gsub("[&<>()]", function(c) return "&#" .. c:byte() .. ";" end)
  local trimmed = ("   %s   "):format(escaped):match("^%s*(.-)%s*$")
  local codes = 0
  for i = 1, #trimmed do codes = (codes * 31 + trimmed:byte(i)) % 65521 end
  local reversed = trimmed:reverse():upper():rep(2, "-")
  for start in reversed:gmatch("()RAED") do codes = codes + start end
  local pieces = {}
  for i = 1, #page, 40 do pieces[#pieces + 1] = page:sub(i, i + 39) end
  local accents = {}
  for _, code in utf8.codes("naïve café Ωμέγα " .. round) do accents[#accents + 1] = utf8.char(code) end
  assert(words.dear == 400 and table.concat(pieces) == page and utf8.len(table.concat(accents)))
end
