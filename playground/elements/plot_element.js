/** <cu-plot>: a plot of numbers that a page or a script has, in its property `data` or as JSON in the element. */

import { plotElement } from '../plot/plot.js';
import { element } from '../views/elements.js';
import { CuElement } from './element.js';

export class CuPlotElement extends CuElement {
  static observedAttributes = ['theme'];

  static properties = ['data', 'theme'];

  #data;

  begin() {
    this.#show();
  }

  end() {}

  changedAttribute() {}

  changedHome() {}

  /** As docs/elements.md has it; undefined: the JSON in the element. */
  get data() { return this.#data ?? this.#written(); }

  set data(data) {
    this.#data = data;
    if (this.hasParts) this.#show();
  }

  #written() {
    const text = this.textContent.trim();
    return text === '' ? undefined : JSON.parse(text);
  }

  #show() {
    this.removeParts();
    this.shadowRoot.append(element('div.bare', { part: 'base' }, this.#drawn()));
  }

  #drawn() {
    try {
      const { data } = this;
      return data === undefined ? element('p.empty', {}, 'Nothing to draw yet.') : plotElement(data);
    } catch (error) {
      this.fail(error);
      return element('div.error', { role: 'alert' }, element('strong', {}, 'This cannot be drawn'), element('p.message', {}, error.message));
    }
  }
}
