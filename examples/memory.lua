-- The first migration: a program that called its home 'Memory' calls it '_home' from now on.
--
--   report = ext.migrate(_home, 1, memory_to_home)                      -- or { memory_to_home, ... } with the steps of the program's own
--
-- 'Memory' is another name of '_home' as long as the host leaves it on, and a table that a host attached as 'Memory' is '_home' as it is: that
-- needs no migration. What needs one is what names it:
--
-- - source text that is kept in the home: each use of the global 'Memory' becomes '_home';
-- - rows of a table 'memory', if the older program had them in another table than this home: they move, but for keys that are taken.
--
-- The report has the ways to the texts that were 'rewritten', and to those that were 'left' with the name: functions (a stored function is
-- compiled, so its program has to assign it anew), texts with a variable of that name, expressions with it, texts that may have its name in a string,
-- and keys that were taken. When nothing is left, the host can switch the name off.

-- Source with '_home' for each use of the global 'Memory'; how many there were, and whether any other use is left.
local function rename(source)
  local parts, at, count, is_left = {}, 1, 0, false
  local before, further = '', ''
  while at <= #source do
    local kind, from, to = 'other', source:find('^%-%-', at)
    if from then
      local equals = source:match('^%[(=*)%[', to + 1)
      if equals then _, to = source:find(']' .. equals .. ']', to + 1, true) else _, to = source:find('^[^\n]*', at) end
      kind = 'blank'
    elseif source:find('^%[=*%[', at) then
      _, to = source:find(']' .. source:match('^%[(=*)%[', at) .. ']', at, true)
    elseif source:find('^["\']', at) then
      local quote = source:sub(at, at)
      to = at + 1
      while to <= #source and source:sub(to, to) ~= quote do to = to + (source:sub(to, to) == '\\' and 2 or 1) end
    else
      from, to = source:find('^[%a_][%w_]*', at)
      if from then kind = 'name' else
        from, to = source:find('^%s+', at)
        kind = from and 'blank' or 'other'
        to = to or select(2, source:find('^%.+', at)) or at
      end
    end
    local text = source:sub(at, to or #source)
    at = at + #text
    local is_field = before == ':' or (before == '.' and further ~= '_G' and further ~= '_ENV')
    if kind == 'name' and text == 'Memory' and not is_field then
      if before == 'local' or before == 'function' or source:find('^%s*=[^=]', at) then is_left = true end
      text, count = '_home', count + 1
    elseif text:find('^["\']Memory["\']$') and (source:find('_G') or source:find('_ENV')) then
      -- Perhaps the global's name.
      is_left = true
    end
    if kind ~= 'blank' then before, further = text, before end
    parts[#parts + 1] = text
  end
  return table.concat(parts), count, is_left
end

function memory_to_home(home, _, memory)
  local report, seen = { rewritten = {}, left = {}, moved = 0 }, {}
  if memory and memory ~= home then
    for key, value in pairs(memory) do
      if home[key] == nil then
        home[key], report.moved = value, report.moved + 1
        memory[key] = nil
      else
        report.left[#report.left + 1] = tostring(key)
      end
    end
  end
  local function walk(t, way)
    if seen[t] then return end
    seen[t] = true
    for key, value in pairs(t) do
      local inner = way == '' and tostring(key) or way .. '.' .. tostring(key)
      if type(value) == 'table' then
        walk(value, inner)
      elseif type(value) == 'function' then
        -- A name of six bytes among the constants.
        local ok, code = pcall(string.dump, value, true)
        if ok and code:find('\x87Memory', 1, true) then report.left[#report.left + 1] = inner end
      elseif type(value) == 'string' and value:find('Memory', 1, true) then
        local renamed, count, is_left = rename(value)
        if not load(value, '=text', 't') then
          -- An expression may be for 'load', or a word.
          is_left, count = load('return ' .. value, '=text', 't') and count > 0, 0
        end
        if is_left then
          report.left[#report.left + 1] = inner
        elseif count > 0 then
          t[key] = renamed
          report.rewritten[#report.rewritten + 1] = inner
        end
      end
    end
  end
  walk(home, '')
  return report
end
