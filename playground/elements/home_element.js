/** <cu-home>: what is in a home, a page of one table at a time, as it changes. */

import { Walk } from '../engine/walk.js';
import { homeView } from '../views/content.js';
import { element } from '../views/elements.js';
import { CuElement, problemElement, waysOn } from './element.js';

export class CuHomeElement extends CuElement {
  static observedAttributes = ['home', 'memory', 'theme'];

  static properties = ['home', 'memory', 'theme'];

  #parts;
  #walk;
  #show;

  begin() {
    const title = element('span.title', { part: 'label' });
    const badge = element('span.badge', { part: 'badge' });
    const path = element('div.path', { part: 'path', tabIndex: -1 });
    const content = element('div.body.content', { part: 'content', role: 'group', 'aria-label': 'Content of the home', tabIndex: 0 });
    const pages = element('div.pages', { part: 'pages', tabIndex: -1 });
    const panel = element('div.panel', { part: 'base' }, element('div.head', { part: 'header' }, title, badge), path, content, pages);
    this.#parts = { title, badge, path, content, pages };
    this.shadowRoot.append(panel);
    this.changedHome();
  }

  end() {
    this.#parts = undefined;
    this.#walk = undefined;
  }

  /** Reads again what is shown. */
  async refresh() {
    await this.#read((walk) => walk.again());
  }

  changedAttribute() {}

  changedHome() {
    const place = this.takePlace({ onChange: () => this.refresh() });
    let engine;
    const walk = new Walk({
      engine: () => engine,
      onShow: (shown) => { if (walk === this.#walk) this.#show(shown); },
      onError: (error) => this.#problem(error, place),
    });
    walk.ready = async () => { engine = await place.look(); };
    this.#walk = walk;
    this.#show = homeView(this.#parts, walk);
    this.#parts.title.textContent = this.home ?? 'Home';
    this.#show({ path: [] });
    return this.#read(() => walk.anew());
  }

  async #read(action) {
    const { place } = this;
    const walk = this.#walk;
    if (walk === undefined) return;
    try {
      await walk.ready();
      if (walk !== this.#walk) return;
      this.#parts.badge.textContent = place.home.isInMemory ? 'not kept' : 'kept in this browser';
      this.#parts.badge.title = place.home.why;
      await action(walk);
    } catch (error) {
      this.#problem(error, place);
    }
  }

  #problem(error, place) {
    if (place !== this.place) return;
    this.#parts.content.replaceChildren(problemElement(error, waysOn(place, () => this.changedHome())));
    this.#parts.pages.replaceChildren();
    this.fail(error);
  }
}
