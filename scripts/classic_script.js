/**
 * Where a classic script is, in the place of `import.meta.url`: in a page its tag knows, in a worker that of the worker is the best guess.
 * MODULE_FOLDER leads from there to where the module is.
 */

const tag = typeof document === 'undefined' ? null : document.currentScript;
const place = tag !== null ? tag.src : typeof location === 'undefined' ? '' : location.href;

// A worker that was made of a blob, because its file is of another origin, has no folder; it gets the module from its page.
export const classicScript = place === '' || place.startsWith('blob:') ? undefined : new URL(MODULE_FOLDER, place).href;
