/** Everything that needs neither Node nor another package, in one import. */

export * from './index.js';
export * from './data.js';
