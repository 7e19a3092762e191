/**
 * Which cells are seen, or will be with the next movement: only those have an editor.
 *
 * Invariant: editors come one after another, each in a task of its own, so that many cells do not hold the page up; whoever went past a cell meanwhile
 * does not wait for its editor.
 */

/** Above and below what is seen, in parts of it. */
const MARGIN = '100% 0px';

export class Near {
  /** @param {Element} scroller */
  constructor(scroller) {
    this.views = new Map();
    this.waiting = new Set();
    this.isWaking = false;
    this.observer = new IntersectionObserver((entries) => { for (const entry of entries) this.see(entry); }, { root: scroller, rootMargin: MARGIN });
  }

  /** @param {{ element: Element, wake: () => Promise<unknown>, rest: () => void }} view */
  add(view) {
    this.views.set(view.element, view);
    this.observer.observe(view.element);
  }

  remove(view) {
    this.observer.unobserve(view.element);
    this.views.delete(view.element);
    this.waiting.delete(view);
  }

  see({ target, isIntersecting, rootBounds }) {
    const view = this.views.get(target);
    // While the script is shown in the place of the notebook none of it is seen.
    if (view === undefined || rootBounds.height === 0) return;
    if (isIntersecting) this.waiting.add(view);
    else {
      this.waiting.delete(view);
      view.rest();
    }
    if (!this.isWaking) this.wakeAll();
  }

  async wakeAll() {
    this.isWaking = true;
    // Until it is there, or where it cannot be loaded, an editor is a text field.
    await import('../editor/codemirror.js').catch(() => {});
    for (const view of this.waiting) {
      this.waiting.delete(view);
      await view.wake().catch(() => {});
      await new Promise((resolve) => { setTimeout(resolve); });
    }
    this.isWaking = false;
  }
}
