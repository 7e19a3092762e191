// A worker whose store does not come back from `keys` of the home: no tick of the module divides that.

import { FileStore } from '../../node.js';
import { serve } from '../../worker/serve.js';

const HOME = 1;

class StubbornStore extends FileStore {
  keys(table, ...walk) {
    if (table === HOME) for (;;);
    super.keys(table, ...walk);
  }
}

serve({ stores: { file: (path, options, { endedThreads }) => StubbornStore.open(path, { ...options, endedThreads }) } });
