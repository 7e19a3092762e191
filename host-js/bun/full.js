import './place.js';

export * from '../full.js';
