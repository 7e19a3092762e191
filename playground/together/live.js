/**
 * Which tab of this browser speaks with the server, and how the others hear of it; and when to try again.
 *
 * Invariant: one tab at a time listens to the server, because browsers allow a page few connections. When it is closed, another one goes on.
 */

const scope = new URL('./', document.baseURI).href;
const NAME = `cu-together ${scope}`;
const FIRST_MS = 1000;
const LAST_MS = 60_000;

/**
 * @param {object} options
 * @param {string} options.url of the home at its server
 * @param {(hasNews: boolean) => void} options.kick there may be something to send, or to get
 * @param {(status: object) => void} options.hear what the tab that speaks says
 * @param {() => object} options.status what this one says, when it is the one
 * @param {(text: string) => void} options.obey what another tab did: joined or left
 */
export function goLive({ url, kick, hear, status, obey }) {
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(NAME);
  const live = { isLeader: false, say: () => tell({ status: status() }), announce: (what) => tell({ did: what }), retry, close };
  let events;
  let release;
  let timer;
  let wait = FIRST_MS;
  let isClosed = false;

  function tell(what) {
    if (channel !== undefined) channel.postMessage(what);
  }

  if (channel !== undefined) {
    channel.onmessage = ({ data }) => {
      if (data.did !== undefined) obey(data.did);
      else if (data.asks && live.isLeader) live.say();
      else if (data.status !== undefined && !live.isLeader) hear(data.status);
    };
  }
  tell({ asks: true });

  function lead() {
    if (isClosed) return undefined;
    live.isLeader = true;
    listen();
    kick(true);
    return new Promise((resolve) => { release = resolve; });
  }

  function listen() {
    if (events !== undefined) events.close();
    events = new EventSource(`${url}/events`);
    let isOpen = false;
    events.onmessage = () => {
      isOpen = true;
      kick(true);
    };
    // The browser tries again each second where there was no answer at all; only the first time is news.
    events.onerror = () => {
      if (isOpen) kick(true);
      isOpen = false;
    };
  }

  /** Later and later, and sooner when the browser sees a network or the reader the page. */
  function retry(isWell) {
    clearTimeout(timer);
    if (isWell) {
      wait = FIRST_MS;
      if (events !== undefined && events.readyState === EventSource.CLOSED) listen();
      return;
    }
    timer = setTimeout(() => kick(true), wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LAST_MS);
  }

  const sooner = () => {
    if (document.visibilityState !== 'visible' && !navigator.onLine) return;
    wait = FIRST_MS;
    kick(true);
  };
  addEventListener('online', sooner);
  addEventListener('offline', sooner);
  document.addEventListener('visibilitychange', sooner);

  function close() {
    isClosed = true;
    clearTimeout(timer);
    if (events !== undefined) events.close();
    if (release !== undefined) release();
    if (channel !== undefined) channel.close();
    removeEventListener('online', sooner);
    removeEventListener('offline', sooner);
    document.removeEventListener('visibilitychange', sooner);
  }

  if (navigator.locks === undefined) lead();
  else navigator.locks.request(NAME, lead).catch(() => {});
  return live;
}
