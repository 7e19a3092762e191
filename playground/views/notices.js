/** Messages over the page: they move nothing. News go by themselves, when nobody points at them; all others stay until they are dismissed. */

import { dismiss } from '../actions/notices.js';
import { whenChanged } from '../state.js';
import { byId, element, marked } from './elements.js';

const NEWS_MS = 8000;

export function showNotices() {
  const place = byId('notices');
  const shown = new Map();
  whenChanged(['notices'], ({ notices }) => {
    for (const notice of notices) {
      if (shown.has(notice.id)) continue;
      shown.set(notice.id, noticeElement(notice));
      if (notice.tone === 'info') dismissLater(place, notice.id);
    }
    for (const id of [...shown.keys()]) if (!notices.some((notice) => notice.id === id)) shown.delete(id);
    place.replaceChildren(...shown.values());
  });
}

function dismissLater(place, id) {
  setTimeout(() => {
    if (place.matches(':hover, :focus-within')) dismissLater(place, id);
    else dismiss(id);
  }, NEWS_MS);
}

function noticeElement({ id, tone, title, text, detail, actions }) {
  const button = (label, act, name, spoken) => {
    const made = element(name, { type: 'button', 'aria-label': spoken }, label);
    made.addEventListener('click', () => { dismiss(id); if (act !== undefined) act(); });
    return made;
  };
  return element(`div.notice.${tone}`, { role: tone === 'error' ? 'alert' : 'status' },
    element('div.title', {}, element('strong', {}, title), actions.length === 0 && button('×', undefined, 'button.close', `Dismiss: ${title}`)),
    text !== '' && element('p', {}, ...marked(text)),
    detail !== '' && element('p.detail', {}, detail),
    actions.length > 0 && element('div.choices', {}, ...actions.map(({ label, act }, index) => button(label, act, index === 0 ? 'button.primary' : 'button.quiet'))));
}
