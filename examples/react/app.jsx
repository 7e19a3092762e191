import 'cu/elements';
import { useEffect, useState } from 'react';
import { useCu } from './use_cu.js';

const HOME = 'react-example';

/** Stored once: a closure that counts on after a reload. */
const COUNTER = `
if not _home.count then
  local n = 0
  function _home.count(by) n = n + by return n end
end
return _home.count(0)`;

export function App() {
  const { cu, error } = useCu(HOME);
  const [count, setCount] = useState();
  const [problem, setProblem] = useState();
  const show = (computing) => computing.then(({ value }) => setCount(value), setProblem);

  useEffect(() => {
    if (cu !== undefined) show(cu.compute(COUNTER));
  }, [cu]);

  if (error ?? problem) return <p role="alert">{(error ?? problem).message}</p>;
  return (
    <main>
      <h1>Lua in React</h1>
      <p>Counted in Lua: <output>{count ?? '…'}</output></p>
      <button type="button" disabled={cu === undefined} onClick={() => show(cu.call('_home.count', [1]))}>Count</button>
      <cu-home home={HOME} />
    </main>
  );
}
