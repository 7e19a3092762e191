/**
 * Recordings of what crosses the border of the module, and their replay: `cu/replay`.
 */

export { record } from './replay/record.js';
export { replay } from './replay/replay.js';
export { Recording } from './replay/recording.js';
export { DivergenceError, RecordingError } from './replay/errors.js';
