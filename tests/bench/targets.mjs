// The project's targets for speed, and whether a run meets them.

import { ENGINES, PEERS } from './engines.mjs';
import { means, ratios } from './statistics.mjs';

/** The highest geometric mean of the ratios to native Lua. */
export const MEAN = { node: 0.98, node24: 0.98, node26: 0.98, wasmtime: 1.15 };
/** The highest ratio of a single program to native Lua, in the engines with a peer. */
export const WORST = 1.15;
/** Programs above that ratio, each with the reason. */
export const NAMED = {
  metamethods_index: 'each access begins another run of the interpreter\'s loop. Its first instruction waits for six values in memory, each ' +
    'found by the one before (record, base, closure, variable, place, value); native code has three of them in registers',
  pcall_ok: 'each pcall begins a run of the loop, as metamethods do',
  coroutines_create: 'so does each coroutine; Node 24 alone takes longer for it than native Lua by more than the bound',
  fib_calls: 'little but calls: a call writes its record to memory, and the called function reads it from there',
};

/**
 * The targets that a run measured: `{ what, target, measured, met }`, in words.
 *
 * @param {{ name: string, microseconds: Record<string, number> }[]} programs see `figures`
 * @param {Record<string, { title: string }>} titles the engines
 */
export function judgeTargets(programs, titles = ENGINES, named = NAMED) {
  const has = (engine) => programs.some(({ microseconds }) => microseconds[engine] !== undefined);
  if (!has('native')) return [];
  const engines = Object.keys(MEAN).filter(has);
  return [
    ...engines.map((engine) => judgeMean(programs, engine, titles[engine])),
    ...engines.filter((engine) => PEERS[engine] !== undefined).map((engine) => judgeWorst(programs, engine, titles[engine], named)),
    ...engines.filter((engine) => has(PEERS[engine])).map((engine) => judgePeer(programs, engine, titles[engine])),
  ];
}

function judgeMean(programs, engine, { title }) {
  const mean = means(programs, ['native', engine], 'native').ratios[engine];
  return {
    what: `${title}: geometric mean`,
    target: `at most ${MEAN[engine].toFixed(2)}`,
    measured: mean.toFixed(3),
    met: mean <= MEAN[engine],
  };
}

function judgeWorst(programs, engine, { title }, named) {
  const above = ratios(programs, engine, 'native').filter(({ ratio }) => ratio > WORST);
  return {
    what: `${title}: single programs`,
    target: `at most ${WORST.toFixed(2)}, but for named ones`,
    measured: listed(above, (name) => (named[name] === undefined ? name : `${name} (named)`)),
    met: above.every(({ name }) => named[name] !== undefined),
  };
}

function judgePeer(programs, engine, { title }) {
  const slower = ratios(programs, engine, PEERS[engine]).filter(({ ratio }) => ratio > 1);
  return {
    what: `${title}: beside wasmoon`,
    target: 'no program slower',
    measured: listed(slower, (name) => name),
    met: slower.length === 0,
  };
}

const SHOWN = 6;

/** The programs that miss a target, the worst first. */
function listed(found, describe) {
  if (found.length === 0) return 'none is';
  const shown = found.slice(0, SHOWN).map(({ name, ratio }) => `${describe(name)} ${ratio.toFixed(2)}`);
  const rest = found.length - shown.length;
  return `${found.length}: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
