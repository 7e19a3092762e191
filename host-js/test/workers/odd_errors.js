// A worker file whose store throws what cannot be sent.

import { MemoryStore } from '../../store/memory.js';
import { serve } from '../../worker/serve.js';

const odd = (fields) => { throw Object.assign(new RangeError('an odd error'), fields); };

class OddStore extends MemoryStore {
  snapshot() {
    odd({ inside: new Proxy({}, {}) });
  }

  compact() {
    odd({ inside: new Proxy({}, { ownKeys() { throw new Error('not to be looked at'); } }) });
  }

  flush() {
    throw Object.defineProperty(new RangeError('an odd error'), 'inside', { enumerable: true, get() { throw new Error('not to be read'); } });
  }
}

serve({ store: new OddStore() });
