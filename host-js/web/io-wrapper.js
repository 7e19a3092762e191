/** What the earlier project had in its folder web, under the name of this file. */

export { IoWrapper, IoWrapper as default } from '../cuwasm/index.js';
