/** `web/enhanced/lua-api-enhanced.js` of the earlier project. */

export * from '../../cuwasm/index.js';
export { default } from '../../cuwasm/index.js';
