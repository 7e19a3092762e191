/** `web/io-wrapper.js` of the earlier project. */

export { IoWrapper, IoWrapper as default } from '../cuwasm/index.js';
