/** The bar at the top: what Lua says, and the colours; on a narrow screen, which part is shown. */

import { remember, remembered } from '../remembered.js';
import { change, whenChanged } from '../state.js';
import { byId, element } from './elements.js';

const NARROW_VIEWS = '.views button';
const THEME = 'cu-theme';

/** @param {() => void} share */
export function showBar(share) {
  byId('share').addEventListener('click', share);
  whenChanged(['welcome', 'storage', 'phase'], ({ welcome, storage, phase }) => {
    byId('welcome').replaceChildren(...textOf(welcome, storage, phase));
    byId('storage').replaceChildren(...(storage === undefined ? [] : storage.kind === 'memory' ? ['not kept']
      : ['kept', element('span.wide', {}, ' in this browser'), storage.isEncrypted && ', encrypted'].filter(Boolean)));
    byId('storage').className = storage !== undefined && storage.kind === 'memory' ? 'badge warning' : 'badge';
  });
  whenChanged(['view'], ({ view }) => {
    document.body.dataset.view = view;
    for (const button of document.querySelectorAll(NARROW_VIEWS)) button.setAttribute('aria-pressed', String(button.dataset.view === view));
  });
  for (const button of document.querySelectorAll(NARROW_VIEWS)) button.addEventListener('click', () => change({ view: button.dataset.view }));
  showTheme();
}

function textOf(visits, storage, phase) {
  if (phase === 'failed') return ['Lua did not start'];
  if (phase === 'locked') return ['The home is locked'];
  if (storage === undefined || visits === '') return ['Starting Lua…'];
  const wide = (text) => element('span.wide', {}, text);
  if (storage.kind === 'memory') return ['Lua 5.4', wide(' is ready')];
  return visits === 1 ? ['Lua 5.4', wide(' is ready. Reload, and it remembers you.')] : [wide('Lua 5.4 is ready. This is your '), 'visit ', wide('number '), String(visits)];
}

/** That of the system, as it changes, unless the reader has chosen one. */
function showTheme() {
  const button = byId('theme');
  const { dataset } = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const show = (isDark) => {
    dataset.theme = isDark ? 'dark' : 'light';
    button.setAttribute('aria-pressed', isDark);
  };
  button.addEventListener('click', () => {
    show(dataset.theme !== 'dark');
    system.onchange = null;
    remember(THEME, dataset.theme);
  });
  system.onchange = ({ matches }) => { if (!remembered(THEME)) show(matches); };
  show(dataset.theme === 'dark');
}
