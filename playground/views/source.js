/** Lines of a script, with the colours of Lua. */

import { element } from './elements.js';

const KEYWORDS = new Set(('and break do else elseif end false for function goto if in local nil not or repeat return then true until while').split(' '));

/** One piece after another, so that what is in a comment or string is no code: named by what it is, all else without a name. */
const PIECE = /(?<comment>--\[(=*)\[[^]*?\]\2\]|--[^\n]*)|(?<string>\[(=*)\[[^]*?\]\4\]|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*')|(?<number>\b0[xX][\da-fA-F.]+(?:[pP][+-]?\d+)?|\b\d[\d.]*(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_]\w*)|[^]/g;

/**
 * @param {string} script
 * @param {number} first from 1
 * @param {number} last
 */
export function sourceElement(script, first, last) {
  const lines = linesOf(script).slice(first - 1, last);
  const properties = { style: `--before: ${first - 1}; --digits: ${String(first + lines.length).length}` };
  return element('ol.source', properties, ...lines.map((pieces) => element('li', {}, element('code', {}, ...pieces))));
}

/** A piece that has several lines is in each of them. */
function linesOf(script) {
  const lines = [[]];
  for (const { 0: text, groups } of script.matchAll(PIECE)) {
    const kind = kindOf(groups);
    text.split('\n').forEach((part, index) => {
      if (index > 0) lines.push([]);
      if (part !== '') lines[lines.length - 1].push(kind === undefined ? part : element(`span.code-${kind}`, {}, part));
    });
  }
  return lines;
}

function kindOf(groups) {
  const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
  return kind !== 'word' ? kind : KEYWORDS.has(groups.word) ? 'keyword' : undefined;
}
