-- Open this page in a second tab, side by side, and run it in both.
-- They take turns; each shows at once what the other one kept.

_home.notes = _home.notes or {}
local notes = _home.notes

notes[#notes + 1] = { text = "note " .. #notes + 1, at = os.date("!%H:%M:%S") }
_home.turns = (_home.turns or 0) + 1

print("turn " .. _home.turns .. ", " .. #notes .. " notes")
return notes
