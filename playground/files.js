/**
 * Where the files of the page are that keep their names from version to version.
 *
 * Invariant: each is asked for by its content, where the page names an address (scripts/offline.mjs); a service worker answers no other one.
 */

export const place = (name) => new URL(Object(window.cuFiles)[name] ?? name, document.baseURI);
