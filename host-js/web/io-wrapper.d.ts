export { IoWrapper, IoWrapper as default } from '../cuwasm/index.js';
