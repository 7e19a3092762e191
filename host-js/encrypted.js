/**
 * Encryption of what a store keeps. It needs the package @noble/ciphers, which index.js does not load.
 */

export { EncryptedStore, isEncrypted } from './store/encrypted/store.js';
export { EncryptionKey } from './store/encrypted/key.js';
export { EncryptionError } from './errors.js';
