import './place.js';

export * from '../wasm.js';
