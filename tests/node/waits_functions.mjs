// The functions of the host that the programs of waits_model.mjs call: in JavaScript, and in Lua for native Lua.

import { Values } from '../../host-js/index.js';

/**
 * The functions in Lua; `begins` hears of each call. Its error is for a position as the host's, two functions further out.
 */
export const IN_LUA = `
local begins = function(name) end
host = { io = {} }
function host.echo(...) begins("echo") return ... end
function host.add(a, b)
  begins("add")
  if math.type(a) ~= "integer" or math.type(b) ~= "integer" then error("host.add: no integers", 2) end
  return (a + b) % 10007
end
function host.cat(a, b) begins("cat") return tostring(a) .. "," .. tostring(b) end
function host.lt(a, b) begins("lt") return tostring(a) < tostring(b) end
function host.pick(n) begins("pick") local t = {} for i = 1, n do t[i] = i * 11 end return table.unpack(t, 1, n) end
function host.list(n) begins("list") local t = {} for i = 1, n do t[i] = i * n end return t end
function host.sum(t) begins("sum") local sum = 0 for i = 1, #t do sum = sum + t[i] end return sum % 10007 end
function host.none() begins("none") end
function host.fail(text) begins("fail") error("host.fail: " .. tostring(text), 2) end
function host.raise(value) begins("raise") if type(value) == "string" then error(value, 2) end error(value, 0) end
function host.next(_, i) begins("next") i = (i or 0) + 1 if i <= 3 then return i, i * i end end
function host.io.read(n) begins("io.read") return ("r"):rep(math.max(0, math.fmod(n, 5))), n end
`;

/**
 * Lua after that: a function is an error where Lua cannot yield, or where one that has resumed a coroutine cannot. Native Lua does not tell this
 * of who resumed, so `resume` and `wrap` are written anew, with the same errors.
 */
export const WAITS_IN_LUA = `
local running, isyieldable, status, create, resume, close = coroutine.running, coroutine.isyieldable, coroutine.status, coroutine.create, coroutine.resume, coroutine.close
local passes_on = setmetatable({}, { __mode = "k" })
local function can_wait()
  local thread, is_main = running()
  return is_main or isyieldable() and passes_on[thread]
end
function begins(name)
  if not can_wait() then error("host." .. name .. " cannot be waited for: attempt to yield across a C-call boundary", 3) end
end
function coroutine.resume(thread, ...)
  if status(thread) == "suspended" then passes_on[thread] = can_wait() end
  return resume(thread, ...)
end
local function finish(thread, has_run, ok, ...)
  if ok then return ... end
  local value = ...
  if has_run then value = select(2, close(thread)) end
  error(value, type(value) == "string" and 2 or 0)
end
function coroutine.wrap(body)
  local thread = create(body)
  return function(...)
    local has_run = status(thread) == "suspended"
    if has_run then passes_on[thread] = can_wait() end
    return finish(thread, has_run, resume(thread, ...))
  end
end
`;

/** Lua after the functions: `run_until_halt` closes the program at that call, after which no function can be waited for. */
export const HALTS_IN_LUA = (call) => `
local left, is_closed = ${call}, false
function begins(name)
  if is_closed then error("host." .. name .. " cannot be waited for: attempt to yield across a C-call boundary", 3) end
  left = left - 1
  if left == 0 then coroutine.yield() end
end
local function run_until_halt(program, ended)
  -- An error that leaves a coroutine closes nothing there.
  local thread = coroutine.create(function() return pcall(program) end)
  local _, ok, value = coroutine.resume(thread)
  if coroutine.status(thread) == "dead" then return ended(ok, value) end
  is_closed = true
  coroutine.close(thread)
  print("=| halted")
end
`;

/** What `#` counts of a list. One with a hole arrives as a Map. */
function elements(list) {
  if (!(list instanceof Map)) return Object.values(list);
  const found = [];
  while (list.has(found.length + 1)) found.push(list.get(found.length + 1));
  return found;
}

/** The same in JavaScript. */
export const FUNCTIONS = {
  echo: (...values) => new Values(...values),
  add: (a, b) => {
    if (!Number.isInteger(a) || !Number.isInteger(b)) throw new TypeError('no integers');
    return mod(a + b);
  },
  cat: (a, b) => `${lua(a)},${lua(b)}`,
  lt: (a, b) => lua(a) < lua(b),
  pick: (n) => new Values(...Array.from({ length: n }, (_, at) => (at + 1) * 11)),
  list: (n) => Array.from({ length: n }, (_, at) => (at + 1) * n),
  sum: (list) => mod(elements(list).reduce((sum, value) => sum + value, 0)),
  none: () => undefined,
  fail: (text) => { throw new Error(lua(text)); },
  raise: (value) => { throw value ?? null; },
  next: (_, i) => ((i ?? 0) < 3 ? new Values((i ?? 0) + 1, ((i ?? 0) + 1) ** 2) : undefined),
  io: { read: (n) => new Values('r'.repeat(Math.max(0, n % 5)), n) },
};

/** As Lua's `%`. */
const mod = (number) => ((number % 10007) + 10007) % 10007;

const lua = (value) => (value === null || value === undefined ? 'nil' : String(value));
