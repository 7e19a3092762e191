// Homes for random tests of restoring: tables and closures that scripts make and remove, and a naive model of what is there.

export const SETUP = `
  function _home.put(name, value) _home[name] = { value = value, inner = { twice = value * 2 } } end
  function _home.close(name, count)
    local kept = count
    _home[name] = function() kept = kept + 1 return kept end
  end`;

/** What a home has, functions by what they answer. */
export const CONTENT = `
  local parts = {}
  for name, value in pairs(_home) do
    if type(value) == 'function' then
      if name ~= 'put' and name ~= 'close' then parts[#parts + 1] = name .. '=' .. value() end
    else
      parts[#parts + 1] = ('%s=%d,%d,%d'):format(name, value.value, value.inner.twice, ext.size(value))
    end
  end
  table.sort(parts)
  return table.concat(parts, ' ')`;

/** The same of the model. */
export const shown = (model) => [...model].map(([name, value]) => `${name}=${value}`).sort().join(' ');

/** Numbers of changes, for `change`. */
export const CHANGES = 9;

/** Changes the home of an instance, and the model. */
export function change(cu, model, { act, step, draw }) {
  const name = `k${draw(12)}`;
  if (act < 5) {
    cu.call('_home.put', [name, step]);
    model.set(name, `${step},${step * 2},2`);
  } else if (act < 8) {
    cu.call('_home.close', [name, step]);
    model.set(name, step + 1);
  } else {
    cu.compute(`_home.${name} = nil`);
    model.delete(name);
    if (draw(2) === 0) cu.runGc();
  }
}
