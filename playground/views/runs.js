/** Time, instructions and memory of the last runs, as small charts. */

import { state, whenChanged } from '../state.js';
import { byId, drawn, element } from './elements.js';
import { bytes, compact, milliseconds } from './numbers.js';

const FIGURES = [
  { name: 'Time', of: ({ computed, kept }) => computed || kept, text: milliseconds },
  { name: 'Instructions', of: ({ instructions }) => instructions, text: compact },
  { name: 'Memory', of: ({ memory }) => memory, text: bytes },
];
const BARS = 30;
const HEIGHT = 24;
const STEP = 5;

export function showRuns() {
  whenChanged(['runs'], ({ runs }) => byId('runs').replaceChildren(...FIGURES.map((figure) => chart(figure, runs))));
}

function chart({ name, of, text }, runs) {
  const values = runs.map(of);
  const most = Math.max(...values, 0);
  const last = values.length === 0 ? '–' : text(values[values.length - 1]);
  const label = values.length === 0 ? `${name}: no runs yet` : `${name} of the last ${values.length === 1 ? 'run' : `${values.length} runs`}: ${values.map(text).join(', ')}`;
  const bars = values.map((value, index) => {
    const height = most === 0 ? 1 : Math.max(1, Math.round(value / most * HEIGHT));
    return drawn('rect', {
      x: (BARS - values.length + index) * STEP, y: HEIGHT - height, width: STEP - 1, height, rx: 1, class: state.runs[index].failed ? 'failed' : 'passed',
    });
  });
  return element('figure', {},
    element('figcaption', {}, element('span', {}, name), element('b', {}, last)),
    drawn('svg', { viewBox: `0 0 ${BARS * STEP} ${HEIGHT}`, role: 'img', 'aria-label': label, preserveAspectRatio: 'none' }, ...bars));
}
