/** Messages over the page: they move nothing, and stay until they are dismissed. */

import { dismiss } from '../actions/notices.js';
import { whenChanged } from '../state.js';
import { byId, element, marked } from './elements.js';

export function showNotices() {
  whenChanged(['notices'], ({ notices }) => byId('notices').replaceChildren(...notices.map(noticeElement)));
}

function noticeElement({ id, tone, title, text, detail, actions }) {
  const button = (label, act, name = 'button.quiet') => {
    const made = element(name, { type: 'button' }, label);
    made.addEventListener('click', () => { dismiss(id); if (act !== undefined) act(); });
    return made;
  };
  return element(`div.notice.${tone}`, { role: tone === 'error' ? 'alert' : 'status' },
    element('strong', {}, title),
    text !== '' && element('p', {}, ...marked(text)),
    detail !== '' && element('p.detail', {}, detail),
    element('div.choices', {}, ...actions.map(({ label, act }) => button(label, act, 'button.primary')), button(actions.length > 0 ? 'Later' : 'Dismiss')));
}
