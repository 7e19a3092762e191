// A worker file of a program, also for a SharedWorker, whose connections share a store.

import { MemoryStore } from '/host-js/index.js';
import { serve } from '/host-js/worker/serve.js';

serve({ store: () => new MemoryStore() });
