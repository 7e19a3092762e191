/** Links to scripts: what a link brings is shown, and never run by itself. */

import { notify } from './notices.js';

/** Not before it is asked for: most readers have no link. */
const links = () => import('../engine/link.js');

/** Whether a fragment is meant to be a link of engine/link.js. */
const isLink = (fragment) => /^#[0-9]+\./.test(fragment);

/** The script of the page's link, undefined where it has none or a broken one; `stays` is what is shown in the place of that. */
export async function sharedScript(stays = 'there is an example in its place') {
  if (!isLink(location.hash)) return undefined;
  const { LinkError, readLink } = await links();
  try {
    return readLink(location.hash);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    notify({ tone: 'warning', title: 'This link is broken', text: `It was cut or changed on its way, so ${stays}. Ask for the link again, as a whole.`, detail: error.message });
    return undefined;
  }
}

/** A link that is followed in an open page: nobody loses what is in the editor. */
export function whenFollowed(show) {
  addEventListener('hashchange', async () => {
    const text = await sharedScript('the script here stays');
    if (text === undefined) return;
    notify({
      title: 'This link has a script', text: 'It would take the place of the one in the editor.', tone: 'offer',
      actions: [{ label: 'Show it', act: () => show(text) }, { label: 'Keep mine', act: () => {} }],
    });
  });
}

export async function share(text) {
  try {
    const { writeLink } = await links();
    const url = new URL(`#${await writeLink(text)}`, location.href).href;
    history.replaceState(null, '', url);
    await copy(url);
  } catch (error) {
    notify({ tone: 'warning', title: 'No link was made', text: error.message });
  }
}

async function copy(url) {
  try {
    await navigator.clipboard.writeText(url);
    notify({ title: 'The link is copied', text: 'It has the script in it, and nothing of the home.' });
  } catch {
    notify({ title: 'The link is in the address bar', text: 'The browser lets this page copy nothing. Copy it from there: it has the script in it, and nothing of the home.' });
  }
}
