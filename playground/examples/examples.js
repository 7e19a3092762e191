/** Scripts to begin with, in the order of a story: what lasts, what finds, what is stopped, what is exact, what waits, what is
 * shared between tabs, and between people. */

import attack from './attack.lua';
import counter from './counter.lua';
import fetched from './fetch.lua';
import query from './query.lua';
import tabs from './tabs.lua';
import together from './together.lua';
import wei from './wei.lua';

/** `limit`: milliseconds, where the story needs another one. */
export const EXAMPLES = [
  { id: 'counter', title: '1 · A counter that survives', text: counter },
  { id: 'query', title: '2 · A query, its index and its plan', text: query },
  { id: 'attack', title: '3 · An attack that is stopped', text: attack, limit: 500 },
  { id: 'wei', title: '4 · Money in wei', text: wei },
  { id: 'fetch', title: '5 · Waiting for a request', text: fetched },
  { id: 'tabs', title: '6 · Two tabs, one home', text: tabs },
  { id: 'together', title: '7 · Together, and without network', text: together },
];
