-- One list for many people and devices. Press Together and join; send the link to others, or open it in another browser.
-- Then run this here and there, also without network: what waits is sent later.

_home.shared = _home.shared or {}
local list = _home.shared

-- A key of its own for each entry, so that no two pages write the same one: the time, to the millisecond.
local key = os.date("!%Y-%m-%d %H:%M:%S") .. ("%.3f"):format(os.clock() % 1):sub(2)
list[key] = { text = "hello", votes = 0 }

-- A row that everybody writes: changes of two people who are offline meet here, and one of them chooses.
list.title = "our list, with " .. ext.size(list) .. " rows"

print(list.title)
return list
