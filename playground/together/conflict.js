/** A conflict: both versions with who made them and when, and what the reader can choose. */

import { element } from '../views/elements.js';
import { keyText, valueElement } from '../views/value.js';
import { shownName } from './names.js';
import { choose } from './together.js';

const times = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });

const MERGED = 'Fields of either; of two values in one field the later one; elements of either; texts one after the other';

/** @param {string | undefined} me the name of this page */
export function conflictElement(conflict, me) {
  const { number, key, kept, both, is_changed: isChanged } = conflict;
  const name = keyText(key);
  return element('li.conflict', {},
    element('h4', {}, name),
    ...['mine', 'theirs'].map((side) => version(conflict, side, me)),
    both !== undefined && element('div.version', { title: MERGED }, element('span.who', {}, 'Both, by rule'), opened(both)),
    isChanged && element('p.note', {}, 'The row has changed once more since.'),
    element('div.row', {},
      button('Keep mine', name, () => choose(number, 'mine'), kept === 'mine'),
      button('Take theirs', name, () => choose(number, 'theirs'), kept === 'theirs'),
      both !== undefined && button('Use both', name, () => choose(number, 'both'), false)));
}

function version(conflict, side, me) {
  const [by, time, value] = [conflict[`${side}_by`], Number(conflict[`${side}_time`]), conflict[side]];
  const who = by === me ? 'You' : shownName(by);
  const words = [who, time > 0 && times.format(time * 1000), conflict.kept === side && 'counts now'].filter(Boolean).join(' · ');
  return element('div.version', {}, element('span.who', {}, words), value === undefined ? element('span.value.nil', {}, 'deleted') : opened(value));
}

/** With its fields, so that both versions can be compared. */
function opened(value) {
  const shown = valueElement(value, {});
  if (shown instanceof HTMLDetailsElement) shown.open = true;
  return shown;
}

function button(label, name, act, isKept) {
  const made = element('button.quiet', { type: 'button', 'aria-label': `${label}: ${name}`, title: isKept ? 'It counts now already' : undefined }, label);
  made.addEventListener('click', act);
  return made;
}
