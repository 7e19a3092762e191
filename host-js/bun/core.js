import './place.js';

export * from '../core.js';
