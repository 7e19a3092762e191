import { WorkerCu } from 'cu/worker';
import { useEffect, useState } from 'react';

/**
 * An instance over the home `name` of this browser, for as long as the component is there. In StrictMode React mounts twice: the first one is
 * closed then, also when it is still being opened, and never seen.
 * @returns {{ cu?: WorkerCu, error?: Error }} neither while it is opened
 */
export function useCu(name) {
  const [state, setState] = useState({});
  useEffect(() => {
    let isMounted = true;
    const opening = WorkerCu.create({ store: { indexeddb: name } });
    opening.then((cu) => isMounted && setState({ cu }), (error) => isMounted && setState({ error }));
    return () => {
      isMounted = false;
      setState({});
      opening.then((cu) => cu.close(), () => {});
    };
  }, [name]);
  return state;
}
