export { MemoryStore } from '../index.js';
