/** What the earlier project had in its folder web, under the name of this file. */

export * from '../../cuwasm/index.js';
export { default } from '../../cuwasm/index.js';
