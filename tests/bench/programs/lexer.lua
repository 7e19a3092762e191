-- How fast is a lexer that looks at one byte at a time? Source text of a small language, cut into tokens.

local ROUNDS <const> = 300

local source = ([[
function area(width, height)        # a comment
  if width <= 0 or height <= 0 then
    return nil, "both sides must be positive: " .. width
  end
  let total = width * height + 0x1F - 3.25e2
  while total >= 100 do total = total // 7 != 3 end
  return { total = total, unit = 'm2', [17] = "say \"hi\"" }
end
]]):rep(8)

local keywords = {}
for word in ("function if or then return nil end let while do"):gmatch("%a+") do keywords[word] = true end

local function is_digit(byte) return byte >= 48 and byte <= 57 end

local function is_letter(byte)
  return byte >= 97 and byte <= 122 or byte >= 65 and byte <= 90 or byte == 95
end

local function tokens(text)
  local kinds, texts, n = {}, {}, 0
  local at, length = 1, #text
  while at <= length do
    local byte, from, kind = text:byte(at), at, nil
    if byte == 32 or byte == 10 then
      at = at + 1
    elseif byte == 35 then
      repeat at = at + 1 until at > length or text:byte(at) == 10
    elseif is_letter(byte) then
      repeat
        at = at + 1
        byte = text:byte(at) or 0
      until not (is_letter(byte) or is_digit(byte))
      kind = keywords[text:sub(from, at - 1)] and "keyword" or "name"
    elseif is_digit(byte) then
      repeat
        at = at + 1
        byte = text:byte(at) or 0
      until not (is_digit(byte) or is_letter(byte) or byte == 46)
      kind = "number"
    elseif byte == 34 or byte == 39 then
      repeat
        at = at + 1
        if text:byte(at) == 92 then at = at + 2 end
      until text:byte(at) == byte
      at, kind = at + 1, "string"
    else
      local second = text:byte(at + 1)
      at = at + ((second == 61 or second == byte) and 2 or 1)
      kind = "operator"
    end
    if kind then
      n = n + 1
      kinds[n], texts[n] = kind, text:sub(from, at - 1)
    end
  end
  return kinds, texts, n
end

local weights = { keyword = 3, name = 5, number = 7, string = 11, operator = 13 }
local checksum = 0
for _ = 1, ROUNDS do
  local kinds, texts, count = tokens(source)
  for i = 1, count do checksum = (checksum * 31 + weights[kinds[i]] + #texts[i]) % 1000000007 end
end
return checksum
