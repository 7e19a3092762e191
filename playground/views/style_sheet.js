/** Styles of a part of the page, loaded with it: once, or again where they could not be loaded. */

import { place } from '../files.js';
import { element } from './elements.js';

const sheets = {};

/** @param {string} name of the file, as it is built */
export function styleSheet(name) {
  sheets[name] ??= new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: place(name) });
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => {
      link.remove();
      delete sheets[name];
      reject(new Error(`${name} cannot be read`));
    });
    document.head.append(link);
  });
  return sheets[name];
}
