-- How fast is text collected in a table and joined by table.concat? An HTML table, rendered many times.

local PAGES <const>, ROWS <const> = 290, 200

local function render(page)
  local out, n = {}, 0
  local function put(text)
    n = n + 1
    out[n] = text
  end
  put("<table>\n")
  for row = 1, ROWS do
    put(row % 2 == 0 and '<tr class="even">' or "<tr>")
    for column = 1, 4 do
      put("<td>")
      put((row * column + page) % 100)
      put("</td>")
    end
    put("</tr>\n")
  end
  put("</table>\n")
  return table.concat(out)
end

local checksum = 0
for page = 1, PAGES do
  local html = render(page)
  checksum = (checksum * 31 + #html + html:byte(page * 7)) % 1000000007
end

local words = { "the", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs" }
for i = 1, 110000 do
  checksum = checksum + #table.concat(words, i % 2 == 0 and ", " or " ", i % 4 + 1)
end
return checksum
