-- Code that does not want to end, and cannot be caught ending it.
-- The limit above is half a second; the page never freezes, so Stop works, too.

_home.attacks = (_home.attacks or 0) + 1
print("attack number " .. _home.attacks)

while true do
  pcall(function()
    local t = setmetatable({}, { __close = function() while true do end end })
    local guard <close> = t
    string.rep("x", 1e5):find((".-"):rep(50) .. "y")
  end)
end
