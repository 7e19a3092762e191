/**
 * What the elements have in common: a shadow with the page's styles, a place at a home, and an end.
 *
 * Invariant: an element that is moved in its document goes on as it was; one that is taken out leaves nothing behind.
 */

import { explain } from '../messages.js';
import { element, marked } from '../views/elements.js';
import { Place } from './homes.js';
import { dress } from './styles.js';

/** Programs import this where there is no document, too: on a server, say. */
const Base = globalThis.HTMLElement ?? class {};

const OF_HOME = ['home', 'memory'];

export class CuElement extends Base {
  constructor() {
    super();
    dress(this.attachShadow({ mode: 'open' }));
    this.hasParts = false;
    this.place = undefined;
    this.offered = {};
  }

  connectedCallback() {
    // A parser that is not at its end may not have come to what is in it.
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => this.connectedCallback(), { once: true });
    else if (this.isConnected && !this.hasParts) this.build();
  }

  build() {
    this.hasParts = true;
    for (const name of this.constructor.properties) this.takeProperty(name);
    this.begin();
  }

  disconnectedCallback() {
    // When it is only moved, it is back before this is called.
    queueMicrotask(() => {
      if (this.isConnected || !this.hasParts) return;
      this.hasParts = false;
      this.end();
      this.leaveHome();
      this.removeParts();
    });
  }

  attributeChangedCallback(name, before, now) {
    if (!this.hasParts || before === now) return;
    if (OF_HOME.includes(name)) {
      this.leaveHome();
      this.changedHome();
    } else this.changedAttribute(name);
  }

  /** What was set before the element was defined is a property of the object, and hides that of the class. */
  takeProperty(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  removeParts() {
    for (const child of [...this.shadowRoot.children]) if (child.localName !== 'style') child.remove();
  }

  /** Its place at the home that its attributes name. */
  takePlace({ onChange }) {
    this.place ??= new Place({
      name: this.home ?? undefined, isInMemory: this.memory, functions: () => this.offered, onChange, onError: (error) => this.fail(error),
    });
    return this.place;
  }

  leaveHome() {
    const { place } = this;
    this.place = undefined;
    if (place !== undefined) place.leave().catch(() => {});
  }

  fail(error) {
    this.tell('cu-error', { error, message: error.message });
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  get home() { return this.getAttribute('home') || null; }

  set home(name) { this.reflect('home', name); }

  get memory() { return this.hasAttribute('memory'); }

  set memory(is) { this.toggleAttribute('memory', Boolean(is)); }

  get theme() { return this.getAttribute('theme'); }

  set theme(name) { this.reflect('theme', name); }

  reflect(name, value) {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }
}

/** What went wrong, in words of the page's messages or in own ones, and the ways on. */
export function problemElement(error, { retry, repair, memory }, own = {}) {
  const { title, text, detail, choices } = { ...explain(error), ...own };
  const acts = { repair: ['Repair', repair], retry: ['Try again', retry], memory: ['Go on without it', memory], reload: ['Reload', () => location.reload()] };
  // What a new page could mend, another try may, too.
  const all = choices.length === 0 ? ['retry', 'memory'] : choices.includes('reload') ? ['retry', ...choices] : choices;
  const offered = [...new Set(all)].filter((choice) => acts[choice] !== undefined && acts[choice][1] !== undefined);
  return element('div.error', { role: 'alert' }, element('strong', {}, title), text !== '' && element('p', {}, ...marked(text)), element('p.message', {}, detail),
    element('div.choices', {}, ...offered.map((choice) => {
      const [label, act] = acts[choice];
      const button = element('button.quiet', { type: 'button' }, label);
      button.addEventListener('click', act);
      return button;
    })));
}

/** The way on of an element whose home cannot be opened. */
export const waysOn = (place, retry) => ({
  retry,
  repair: () => place.home.again({ repair: true }).then(retry, retry),
  memory: () => place.home.again({ isInMemory: true }).then(retry, retry),
});
