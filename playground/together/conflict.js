/** A conflict: both versions with who made them and when, and what the reader can choose. */

import { element } from '../views/elements.js';
import { keyText, valueElement, visible } from '../views/value.js';
import { shownName } from './names.js';
import { choose } from './together.js';

const times = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });

const MERGED = 'Fields of either; of two values in one field the later one; elements of either; texts one after the other';

const LABELS = { mine: 'Keep mine', theirs: 'Take theirs', both: 'Use both' };

/** @param {string | undefined} me the name of this page */
export function conflictElement(conflict, me) {
  const { key, both, is_changed: isChanged } = conflict;
  return element('li.conflict', {},
    element('h4', {}, keyText(key)),
    ...['mine', 'theirs'].map((side) => version(conflict, side, aboutSide(conflict, side, me))),
    both !== undefined && version(conflict, 'both', ['Both, by rule']),
    isChanged && element('p.note', {}, 'The row has changed once more since.'));
}

function aboutSide(conflict, side, me) {
  const [by, time] = [conflict[`${side}_by`], Number(conflict[`${side}_time`])];
  return [by === me ? 'You' : visible(shownName(by)), time > 0 && times.format(time * 1000), conflict.kept === side && 'counts now'].filter(Boolean);
}

function version(conflict, which, about) {
  const value = conflict[which];
  return element('div.version', { title: which === 'both' ? MERGED : '' },
    element('div.row', {}, element('span.who', {}, about.join(' · ')), button(LABELS[which], keyText(conflict.key), () => choose(conflict.number, which))),
    value === undefined ? element('span.value.nil', {}, 'deleted') : opened(value));
}

/** With its fields, so that both versions can be compared. */
function opened(value) {
  const shown = valueElement(value, {});
  if (shown instanceof HTMLDetailsElement) shown.open = true;
  return shown;
}

function button(label, name, act) {
  const made = element('button.quiet', { type: 'button', 'aria-label': `${label}: ${name}` }, label);
  made.addEventListener('click', act);
  return made;
}
