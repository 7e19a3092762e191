/** The button that leads to shared homes. All that is behind it is loaded when it is pressed, or when this browser has joined one, or is invited. */

import { notify } from '../actions/notices.js';
import { change } from '../state.js';
import { byId } from '../views/elements.js';
import { styleSheet } from '../views/style_sheet.js';
import { forget, invitation, joined, KEY } from './joined.js';

const shown = async () => (await Promise.all([import('./panel.js'), styleSheet('together.css')]))[0];

/** @param {Promise<unknown>} opened settles when there is a home, or none */
export function showDoor(opened) {
  const toggle = byId('together');
  const panel = byId('company');
  const open = (isOpen) => {
    panel.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) change({ view: 'home' });
  };
  toggle.addEventListener('click', async () => {
    if (await load() !== undefined) open(panel.hidden);
  });
  const follow = async () => {
    const invited = invitation(location.hash);
    if (invited === undefined) return;
    const { invite } = await load() ?? {};
    if (invite === undefined) return;
    invite(invited);
    open(true);
  };
  addEventListener('hashchange', follow);
  addEventListener('storage', async ({ key }) => {
    if (key === KEY && joined() !== undefined) (await load())?.resume();
  });
  const was = joined();
  if (was !== undefined) {
    // As high as it will be, so that nothing moves.
    Object.assign(byId('company-status'), { hidden: false, textContent: was.home });
    opened.then(load);
  }
  opened.then(follow);
}

async function load() {
  const panel = await shown().catch(({ message }) => {
    notify({ tone: 'warning', title: 'Shared homes cannot be loaded', text: 'The server of this page does not answer. What waits stays, and is sent later.', detail: message });
  });
  if (panel !== undefined) await panel.show();
  return panel;
}

/** Before another content takes the place of the home: what others have of this page would not be of it any more. */
export function endTogether() {
  const was = joined();
  if (was === undefined) return;
  forget();
  import('./together.js').then(({ end }) => end(), () => {});
  notify({ tone: 'warning', title: `No longer together in ${was.home}`, text: 'Another home took the place of the one that had joined. Join again to bring its rows of `_home.shared` along.' });
}
