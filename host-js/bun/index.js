import './place.js';

export * from '../index.js';
