// A worker file that adds a kind of store.

import { Cu, MemoryStore } from '../../index.js';
import { serve } from '../../worker/serve.js';

serve({
  stores: {
    async counting(start, { step }) {
      const store = new MemoryStore();
      (await Cu.create({ store })).compute(`_home.start = ${start + step}`);
      return store;
    },
  },
});
