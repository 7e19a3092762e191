// A worker file whose stores are those of a browser.

import { IndexedDBStore } from '../../store/indexeddb.js';
import { serve } from '../../worker/serve.js';
import { Origin } from '../fake_browser.js';

const origin = new Origin();

serve({ stores: { browser: (name, options) => IndexedDBStore.open(name, { browser: origin.tab(), ...options }) } });
