import './place.js';

export * from '../cuwasm/index.js';
