/**
 * Everything that needs neither Node nor another package, in one import: `cu/full`.
 */

export * from './index.js';
export * from './data.js';
