/** Begins what takes longest, before the views are there: the home is opened, in a worker. */

import { open } from './actions/session.js';
import { isExpected } from './actions/sealed.js';
import { change } from './state.js';

/** Resolves when there is an engine, or a reason why not. */
export const opened = isExpected() ? Promise.resolve(change({ phase: 'locked', asksPassphrase: true })) : open();
