-- How fast are string.byte, char, sub, rep and reverse? Run lengths, a shift cipher and palindromes.

local ROUNDS <const> = 66

local function run_lengths(text)
  local runs, i = {}, 1
  while i <= #text do
    local letter, from = text:sub(i, i), i
    while text:sub(i + 1, i + 1) == letter do i = i + 1 end
    runs[#runs + 1] = letter .. (i - from + 1)
    i = i + 1
  end
  return table.concat(runs)
end

local function cipher(text, shift)
  local out = {}
  for i = 1, #text do
    local byte = text:byte(i)
    if byte >= 97 and byte <= 122 then byte = (byte - 97 + shift) % 26 + 97 end
    out[i] = string.char(byte)
  end
  return table.concat(out)
end

local function palindromes(text)
  local count = 0
  for length = 3, 7 do
    for from = 1, #text - length do
      local part = text:sub(from, from + length - 1)
      if part == part:reverse() then count = count + 1 end
    end
  end
  return count
end

local checksum = 0
for round = 1, ROUNDS do
  local text = ("a"):rep(round) .. ("never odd or even "):rep(40) .. ("xyz"):rep(round, "zz") .. ("q"):rep(500)
  local runs = run_lengths(text)
  local secret = cipher(text, round)
  assert(cipher(secret, 26 - round % 26) == text)
  checksum = checksum + #runs * 3 + secret:byte(round) + palindromes(text)
end
return checksum
