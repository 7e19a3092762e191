/**
 * Where a classic script is, in the place of `import.meta.url`: in a page its tag knows, in a worker that of the worker is the best guess.
 */

const tag = typeof document === 'undefined' ? null : document.currentScript;

export const classicScript = tag !== null ? tag.src : typeof location === 'undefined' ? undefined : location.href;
