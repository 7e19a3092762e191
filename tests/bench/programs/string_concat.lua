-- What does the operator .. cost? Lines of text joined from short pieces and numbers, and grown piece by piece.

local LINES <const> = 42000

local names = { "ada", "grace", "alan", "barbara", "edsger", "donald", "tony" }
local checksum = 0

local function line(i)
  local name = names[i % #names + 1]
  return name .. "-" .. i .. "@" .. name .. i % 13 .. ".example: " .. i * 0.5 .. ";"
end

local paragraph = ""
for i = 1, LINES do
  paragraph = paragraph .. line(i)
  if i % 40 == 0 then
    checksum = (checksum * 31 + #paragraph + paragraph:byte(-3)) % 1000000007
    paragraph = ""
  end
end

local indent = ""
for i = 1, LINES * 10 do
  if #indent > 60 then indent = "" end
  indent = indent .. " " .. "."
  checksum = checksum + #(indent .. "x" .. indent)
end
return checksum
