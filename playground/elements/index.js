/** Elements for any page: importing this file defines them. */

import { CuHomeElement } from './home_element.js';
import { CuPlaygroundElement } from './playground_element.js';
import { CuPlotElement } from './plot_element.js';

export { CuHomeElement, CuPlaygroundElement, CuPlotElement };

const ELEMENTS = { 'cu-playground': CuPlaygroundElement, 'cu-home': CuHomeElement, 'cu-plot': CuPlotElement };

if (globalThis.customElements !== undefined) {
  // A page may have the file twice.
  for (const [name, element] of Object.entries(ELEMENTS)) if (customElements.get(name) === undefined) customElements.define(name, element);
}
