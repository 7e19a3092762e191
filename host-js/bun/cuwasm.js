import './place.js';

export { default } from '../cuwasm/index.js';
export * from '../cuwasm/index.js';
