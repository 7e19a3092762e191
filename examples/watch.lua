-- Live queries: what entered the result of a query, what left it, and what changed in it, since it was last looked at.
--
-- A compute of this text puts 'watch' into the home, once. Then:
--
--   report, state = _home.watch(_home.users, { where = { age = { '>=', 18 } } })           -- everything enters
--   report, state = _home.watch(_home.users, { where = { age = { '>=', 18 } } }, state)    -- what is different now
--
-- The report has 'entered' and 'changed', lists of 'key' and 'row', and 'left', a list of 'key'. The state is plain values, for whoever asks to
-- keep. A row has changed if anything in it did. If the feed of the table kept too few changes, every row that stayed counts as changed.

function _home.watch(t, spec, state)
  spec = spec or {}
  local feed = ext.feed(t) or ext.feed(t, true)
  local report = { entered = {}, left = {}, changed = {} }
  local is_changed, position = {}, feed.last
  if state then
    local next = state.position
    if next == position then return report, state end
    repeat
      local changes
      changes, next = ext.changes(t, next)
      for _, change in ipairs(changes or {}) do is_changed[change.key] = true end
    until not changes or next == position
    if next ~= position or state.position > position or state.position < feed.first - 1 then is_changed = nil end
  end
  local rows, keys, more = ext.query(t, spec)
  if more and not spec.limit then error('the result of a query that is watched has no more rows than one query answers', 2) end
  local stayed = {}
  for _, key in ipairs(state and state.keys or {}) do stayed[key] = false end
  for number, key in ipairs(keys) do
    local entry = { key = key, row = rows[number] }
    if stayed[key] == nil then
      report.entered[#report.entered + 1] = entry
    else
      stayed[key] = true
      if not is_changed or is_changed[key] then report.changed[#report.changed + 1] = entry end
    end
  end
  for key, has_stayed in pairs(stayed) do
    if not has_stayed then report.left[#report.left + 1] = { key = key } end
  end
  return report, { position = position, keys = keys }
end
