/**
 * What needs Node: the store in a file, and the file of audit events. Browsers import index.js, which does not load this.
 */

export { AuditLog } from './audit.js';
export { FileStore } from './store/file.js';
export { FileStoreError } from './errors.js';
