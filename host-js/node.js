/**
 * What needs Node: the store in a file, the file of audit events, the file of a recording. Browsers import index.js, which does not load this.
 */

export { AuditLog } from './audit.js';
export { RecordingFile } from './replay/file.js';
export { FileStore } from './store/file.js';
export { FileStoreError } from './errors.js';
