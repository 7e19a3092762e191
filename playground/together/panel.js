/** Shared homes as a reader sees them: joining, how it stands, and conflicts. */

import { notify } from '../actions/notices.js';
import { whenChanged } from '../state.js';
import { byId, element, marked, refill } from '../views/elements.js';
import { plural } from '../views/numbers.js';
import { conflictElement } from './conflict.js';
import { isHomeName, joined, ownServer, serverOf, writeInvitation } from './joined.js';
import { newHomeName } from './names.js';
import { chooseAll, join, leave, link, resume } from './together.js';

const NAME_KEY = 'cu-name';
const times = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

let form;
let shown;
/** What the panel was made of, so that it is left alone, with what is open in it, as long as that is the same. */
let made = '';

/** Once: it goes on with what was joined. */
export function show() {
  shown ??= begin();
  return shown;
}

async function begin() {
  form = joinForm();
  await resume();
  whenChanged(['together'], ({ together }) => {
    const status = byId('company-status');
    status.hidden = together === undefined;
    status.replaceChildren(...(together === undefined ? [] : statusElements(together)));
    byId('together').replaceChildren('Together', ...(together === undefined ? [] : doorElements(together)));
    showPanel(together);
  });
}

export { resume };

/** What is filled in is not thrown away by news. */
function showPanel(together) {
  const panel = byId('company');
  const { home, phase, problem, rows, count, newest, conflicts } = together ?? {};
  const now = JSON.stringify([home, phase === 'busy' ? 'current' : phase, problem, rows, count, newest, conflicts?.map(({ number, is_changed: isChanged }) => [number, isChanged])]);
  if (now === made) return;
  made = now;
  refill(panel, together === undefined ? [form] : joinedElements(together));
}

const when = (time) => (Date.now() - time < 43_200_000 ? times : days).format(time);

const SIGNS = { current: 'well', busy: 'well', offline: 'away', refused: 'wrong', replaced: 'wrong' };
const WORDS = { offline: 'offline', refused: 'not in sync', replaced: 'not shared any more' };

function statusElements({ home, phase, waiting, last, count }) {
  const waits = waiting > 0 ? `${plural(waiting, 'change')} ${waiting === 1 ? 'waits' : 'wait'}` : undefined;
  const since = last === undefined ? undefined : `at ${when(last)}`;
  const words = {
    waiting: ['begins', waits], busy: [waits ?? 'in sync', since], current: [waits ?? 'in sync', since],
    offline: [WORDS.offline, waits ?? 'nothing waits', since && `last ${since}`], refused: [WORDS.refused, waits, since && `last ${since}`], replaced: [WORDS.replaced],
  }[phase].filter((word) => word !== undefined);
  return [
    element(`span.sign.${SIGNS[phase] ?? 'away'}`, { 'aria-hidden': 'true' }), element('b', {}, home), element('span.words', {}, words.join(' · ')),
    count > 0 && element('span.badge.warning', {}, plural(count, 'conflict')),
  ].filter(Boolean);
}

/** What is not as it should be is seen at the button: on a narrow screen the home may be out of sight. */
function doorElements({ phase, count }) {
  const isDue = count > 0 && SIGNS[phase] !== 'wrong';
  const word = isDue ? plural(count, 'conflict') : WORDS[phase];
  return word === undefined ? [] : [element(`span.sign.${isDue ? 'due' : SIGNS[phase]}`, { title: word }), element('span.hidden', {}, `: ${word}`)];
}

function joinedElements(together) {
  const { phase, problem, conflicts, count, newest, rows, name } = together;
  const say = {
    offline: 'The server does not answer. Go on: what changes is kept here, and sent when it is back.',
    replaced: 'A script put something else into `_home.shared`. Put the shared table back, or leave.',
    refused: problem,
  }[phase];
  return [
    phase !== 'replaced' && element('p', {}, ...marked(`\`_home.shared\` is the same for all who joined: ${plural(rows, 'row')}. Scripts use it as any table; you are ${name === '' ? 'nameless' : name}.`)),
    say !== undefined && element('p.say', {}, ...marked(say)),
    count > 0 && element('h3', {}, plural(count, 'conflict')),
    count > 0 && element('p.note', {}, 'Somebody changed the same row without having seen your change. The later one counts for now, in all pages. You decide; nothing is lost.'),
    count > 1 && element('div.row', {}, button('Keep all mine', () => chooseAll('mine', newest)), button('Use all theirs', () => chooseAll('theirs', newest)),
      count > conflicts.length && element('span.note', {}, `of all ${count}, also of those that are not shown`)),
    count > 0 && element('ol.conflicts', {}, ...conflicts.map((conflict) => conflictElement(conflict, joined()?.me))),
    count > conflicts.length && element('p.note', {}, `${count - conflicts.length} more after these`),
    element('div.row', {},
      phase === 'replaced' && button('Put it back', link), button('Copy the link', () => copyLink(together)), button('Leave', leave)),
  ].filter(Boolean);
}

function button(label, act) {
  const pressed = element('button.quiet', { type: 'button' }, label);
  pressed.addEventListener('click', act);
  return pressed;
}

async function copyLink(together) {
  const url = writeInvitation(together);
  try {
    await navigator.clipboard.writeText(url);
    notify({ title: 'The link is copied', text: 'Whoever has it can read and change the shared home.' });
  } catch {
    notify({ tone: 'warning', title: 'Copy this link', text: url, detail: 'Whoever has it can read and change the shared home.' });
  }
}

const field = (label, properties) => {
  const input = element('input', { type: 'text', autocomplete: 'off', spellcheck: false, ...properties });
  return { input, row: element('label.entry-field', {}, element('span', {}, label), input) };
};

function readName() {
  try { return localStorage.getItem(NAME_KEY) ?? ''; } catch { return ''; }
}

function joinForm() {
  const home = field('Name of the shared home', { id: 'company-home', required: true, maxLength: 63, value: newHomeName(), title: '3 to 63 small letters, digits and hyphens' });
  const name = field('Your name, for others', { id: 'company-name', maxLength: 40, value: readName(), placeholder: 'nameless' });
  const server = field('Server', { id: 'company-server', required: true, value: ownServer() });
  const filled = element('form.company', {},
    element('p', {}, ...marked('Share one table, `_home.shared`, with other people and devices. Everyone has all of it, also without network; changes are brought together. Whoever knows the name can join.')),
    home.row, name.row, server.row,
    element('div.row', {}, element('button.primary', { type: 'submit', id: 'company-join' }, 'Join')));
  const check = ({ input }, isRight, problem) => { input.setCustomValidity(isRight() ? '' : problem); };
  const checks = () => {
    check(home, () => isHomeName(home.input.value.trim()), '3 to 63 small letters from a to z, digits and hyphens, a letter or digit first');
    check(server, () => { try { return serverOf(server.input.value) !== ''; } catch { return false; } }, 'The address of a server, such as https://example.org/together/');
  };
  filled.addEventListener('input', checks);
  filled.addEventListener('submit', async (event) => {
    event.preventDefault();
    checks();
    if (!filled.reportValidity()) return;
    try { localStorage.setItem(NAME_KEY, name.input.value.trim()); } catch { /* Not kept. */ }
    if (await join({ home: home.input.value.trim(), name: name.input.value.trim(), server: serverOf(server.input.value) })) byId('company').querySelector('button').focus();
  });
  return filled;
}

/** Fills in what a link names. Who has joined something else chooses: the same name at another server is another home. */
export function invite(invited) {
  const now = joined();
  if (now === undefined) {
    fillIn(invited);
    return;
  }
  if (now.home === invited.home && now.server === invited.server) return;
  notify({
    tone: 'offer', title: `An invitation to ${invited.home}`,
    text: `It is to \`${invited.home}\` at \`${shownServer(invited)}\`; this browser is together in \`${now.home}\` at \`${shownServer(now)}\`. It can be in one of them at a time.`,
    actions: [{ label: `Stay in ${now.home} at ${new URL(now.server).host}`, act: () => {} }, { label: 'Leave it, and fill in the invitation', act: () => change(invited) }],
  });
}

const shownServer = ({ server }) => server.replace(/^https:\/\//, '');

async function change(invited) {
  // The form is seen as soon as nothing is joined.
  fillIn(invited);
  await leave();
  if (joined() === undefined) form.querySelector('#company-join').focus();
}

function fillIn({ home, server }) {
  form.querySelector('#company-home').value = home;
  form.querySelector('#company-server').value = server;
}
