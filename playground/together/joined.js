/**
 * Which shared home this browser has joined, and links that invite to one:
 *
 *   #join.NAME             at the server of the page
 *   #join.NAME@SERVER      at another one, SERVER being its address as encodeURIComponent writes it
 *
 * Invariant: what a link names is only proposed; whoever joins does it by a button.
 */

/** In localStorage: other tabs hear of it. */
export const KEY = 'cu-together';
const NAME = '[a-z0-9][a-z0-9-]{2,62}';
const INVITATION = new RegExp(`^#join\\.(${NAME})(?:@(\\S+))?$`);

/** Where a server offers shared homes beside the page, as `make demo` does. */
export const ownServer = () => new URL('together/', document.baseURI).href;

/** Without storage it ends with the page, as the home does. */
let remembered;

/** @returns {{ server: string, home: string, me: string, name: string } | undefined} me: see names.js; name: that of the reader */
export function joined() {
  try {
    const text = localStorage.getItem(KEY);
    const { server, home, me, name } = text === null ? {} : JSON.parse(text);
    return [server, home, me, name].every((each) => typeof each === 'string') ? { server, home, me, name } : undefined;
  } catch {
    return remembered;
  }
}

export function remember(what) {
  remembered = what;
  try { localStorage.setItem(KEY, JSON.stringify(what)); } catch { /* The browser keeps nothing. */ }
}

export function forget() {
  remembered = undefined;
  try { localStorage.removeItem(KEY); } catch { /* Nor had it kept anything. */ }
}

/** What a fragment invites to, undefined for any other one. */
export function invitation(fragment) {
  const [, home, server] = INVITATION.exec(fragment) ?? [];
  if (home === undefined) return undefined;
  try {
    return { home, server: server === undefined ? ownServer() : serverOf(decodeURIComponent(server)) };
  } catch {
    return undefined;
  }
}

export function writeInvitation({ server, home }) {
  return new URL(`#join.${home}${server === ownServer() ? '' : `@${encodeURIComponent(server)}`}`, document.baseURI).href;
}

/** The address of a server as it is used, with a slash at its end; an error where it is none. Without `https://` only one that begins with `/` or `.` is of this page. */
export function serverOf(text) {
  const url = new URL(text, /^[./]/.test(text) ? document.baseURI : undefined);
  if (!['http:', 'https:'].includes(url.protocol) || url.username !== '') throw new TypeError(`${text} is no address of a server`);
  return new URL(`${url.origin}${url.pathname.replace(/\/*$/, '/')}`).href;
}

export const isHomeName = (text) => new RegExp(`^${NAME}$`).test(text);
