// A worker file whose instances have functions of their own, which run here.

import { isMainThread } from 'node:worker_threads';
import { serve } from '../../worker/serve.js';

const places = { here: () => `worker ${!isMainThread}`, shared: () => 'of the worker' };

serve({
  options: {
    functions: {
      ...places,
      async later(text) {
        await new Promise((resolve) => { setTimeout(resolve, 5); });
        if (text === 'fail') throw new RangeError('of the worker');
        return text;
      },
      atOnce: async (n) => n + 1,
      never: () => new Promise(() => {}),
    },
  },
});
