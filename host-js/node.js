/**
 * What needs Node: the store in a file. Browsers import index.js, which does not load this.
 */

export { FileStore } from './store/file.js';
export { FileStoreError } from './errors.js';
