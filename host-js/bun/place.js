/**
 * In Bun an import names the module, so that `bun build --compile` puts it into the executable.
 */

import file from '../cu.wasm' with { type: 'file' };
import { place } from '../module.js';

// In a bundle the name is relative to it.
place.file = file.startsWith('./') ? new URL(file, import.meta.url) : file;
