-- Modules that scripts keep in `_home.modules`: tables, or functions that make a module.
_home.modules = {}
function _home.modules.shapes(name, origin)
  local M = { made = name .. origin }
  function M.area(w, h) return w * h end
  return M
end
_home.modules.limits = { most = 10 }
_home.modules["a.b"] = function() end
_home.modules[7] = { seven = true }
---- restart
local shapes, origin = require("shapes")
assert(shapes.area(3, 4) == 12 and shapes.made == "shapes:home:" and origin == ":home:")
assert(require("shapes") == shapes and package.loaded.shapes == shapes and select("#", require("shapes")) == 1)
local limits, origin = require("limits")
assert(limits.most == 10 and origin == ":home:" and rawequal(limits, _home.modules.limits))
assert(require("a.b") == true)
-- The name is a string, as in Lua: a number becomes a string, so it does not find a number key.
assert(not pcall(require, 7))
-- A loaded module comes first, then `package.preload`, then `_home.modules`.
package.preload.limits = function(name, origin) return name .. origin end
assert(require("limits") == limits)
package.loaded.limits = nil
assert(require("limits") == "limits:preload:")
-- `require` uses the host's `_home`, even if a script assigns to that name.
package.preload.limits, package.loaded.limits = nil, nil
_home = { modules = {} }
assert(require("limits") == limits)
---- restart
-- A module may set its own value in `package.loaded`, and a module may require another.
_home.modules.own = function(name) package.loaded[name] = "own" end
_home.modules.outer = function() return { inner = require("inner") } end
_home.modules.inner = function() return "inner" end
_home.modules.fails = function() error("no such luck") end
_home.modules.number, _home.modules["nul\0in it"] = 7, { nul = true }
---- restart
assert(require("own") == "own" and require("outer").inner == "inner" and require("nul\0in it").nul)
local ok, message = pcall(require, "fails")
assert(not ok and message:find("no such luck") and package.loaded.fails == nil)
---- error module 'number' not found:.-package.preload%['number'%].-_home.modules%['number'%] is a number, not a function or a table
require("number")
---- error compute:1: module 'none' not found:.-package.preload%['none'%].-no field _home.modules%['none'%]
require("none")
---- error module
require(("x"):rep(100000))
---- next
_home.modules = 7
---- error no field _home.modules%['none'%]
require("none")
