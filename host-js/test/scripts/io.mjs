// Input and output: the promise of compute is not awaited, and the output is read in the next line.
import assert from 'node:assert/strict';
import cu from './lua-api.js';

await cu.load();
cu.init();

cu.setInput({
  runners: [
    { id: 1, name: 'Kari', points: 95 },
    { id: 2, name: 'Nils', points: 87 },
    { id: 3, name: 'Turid', points: 92 },
  ],
  threshold: 90,
});

cu.compute(`
  local runners = _io.input.runners
  local threshold = _io.input.threshold

  local best = {}
  for i, runner in ipairs(runners) do
    if runner.points >= threshold then
      table.insert(best, {
        name = runner.name,
        points = runner.points
      })
    end
  end

  _io.output = {
    best = best,
    count = #best
  }
`);

const result = cu.getOutput();
assert.deepEqual(result, { best: [{ name: 'Kari', points: 95 }, { name: 'Turid', points: 92 }], count: 2 });

cu.setInput({ users: [{ id: 1, name: 'Kari' }], config: { limit: 100 } });
cu.setInputField('extra', [1, 2]);
cu.compute(`
  local users = _io.input.users
  local limit = _io.input.config.limit
  _io.output = { result = "success", items = {1, 2, 3}, users = #users, limit = limit, extra = #_io.input.extra }
`);
assert.deepEqual(cu.getOutput(), { result: 'success', items: [1, 2, 3], users: 1, limit: 100, extra: 2 });
assert.equal(cu.getOutputField('result'), 'success');
assert.equal(cu.getOutputField('nothing'), null);
assert.equal(cu.getIoTableId(), 2);

const lua = cu;
lua.setMetadata({
  requestId: 'req-7',
  timestamp: Date.now(),
});
assert.equal(await lua.compute('return _io.meta.requestId'), 'req-7');
lua.clearIo();
assert.equal(await lua.compute('return _io.input or _io.output or _io.meta'), null);
