/**
 * The end of a page, which may be the last moment to save in.
 *
 * Invariant: nothing is asked of the browser where there is no page, as in workers and in Node.
 */

/**
 * Calls `action` whenever the page is hidden or left. It may come back.
 * @param {object} browser `globalThis`, or what has its names
 * @param {(isLeft: boolean) => void} action
 * @returns {() => void} ends that
 */
export function onPageEnd(browser, action) {
  const { document } = browser;
  if (!document || typeof document.addEventListener !== 'function') return () => {};
  const hidden = () => {
    if (document.visibilityState === 'hidden') action(false);
  };
  const left = () => action(true);
  document.addEventListener('visibilitychange', hidden);
  // Safari before 14.1 leaves a page without hiding it.
  browser.addEventListener('pagehide', left);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    browser.removeEventListener('pagehide', left);
  };
}
