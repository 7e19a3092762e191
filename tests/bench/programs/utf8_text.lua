-- How fast is UTF-8 text taken apart and put together? utf8.codes, utf8.char, utf8.len and utf8.offset.

local ROUNDS <const> = 1300

local text = ("Zażółć gęślą jaźń; Ünïcödé ☃ 日本語テキスト, πρόσθεση 🎉 plain ascii words here. "):rep(6)

local checksum = 0
for round = 1, ROUNDS do
  local letters, n, wide = {}, 0, 0
  for _, code in utf8.codes(text) do
    n = n + 1
    if code > 0x7F then wide = wide + 1 end
    letters[n] = utf8.char(code == 0x2603 and 0x2600 + round % 64 or code)
  end
  local changed = table.concat(letters)
  assert(utf8.len(changed) == n)
  local middle = utf8.offset(changed, n // 2)
  checksum = (checksum * 31 + wide + #changed + utf8.codepoint(changed, middle)) % 1000000007
  for _, code in utf8.codes(changed:sub(middle)) do checksum = checksum + code % 3 end
end
return checksum
