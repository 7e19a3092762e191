/**
 * What the reader has to know. What is said once more, and the news before, make room; what needs an answer stays.
 */

import { change, state } from '../state.js';

let last = 0;

/** @param {{ tone?: string, title: string, text?: string, detail?: string, actions?: { label: string, act: () => void }[] }} notice */
export function notify({ tone = 'info', title, text = '', detail = '', actions = [] }) {
  const id = ++last;
  const others = state.notices.filter((notice) => notice.title !== title && notice.tone !== 'info');
  change({ notices: [...others, { id, tone, title, text, detail: detail === text ? '' : detail, actions }] });
  return id;
}

export function dismiss(id) {
  change({ notices: state.notices.filter((notice) => notice.id !== id) });
}
