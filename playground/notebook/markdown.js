/**
 * A small part of Markdown as elements: headings, paragraphs, lists, quotations, rules, code, emphasis, links.
 *
 * Invariant: text becomes text. No element comes but of those named here, and a link leads to the web or to somebody's mail.
 */

import { element } from '../views/elements.js';

/** Headings of cells are below that of the notebook. */
const TOP = 3;
const LOWEST = 6;
const PROTOCOLS = ['http:', 'https:', 'mailto:'];
/** A quotation in a quotation in ... is text at some depth. */
const DEPTH = 8;

// What begins and does not end is given up where the next one begins: else each of many would be looked for to the end of the text.
const INLINE = /`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|\*(?<em>[^\s*][^*]*)\*|\[(?<label>[^[\]]+)\]\((?<url>[^()\s]+)\)/g;

/** Each kind of block: how its first line looks, and what is made of it and where it ends; in this order. */
const BLOCKS = [
  { form: /^```/, take: fence },
  { form: /^(#{1,6})\s+(.*)$/, take: heading },
  { form: /^(?:-{3,}|\*{3,})\s*$/, take: (lines, at) => [element('hr'), at + 1] },
  { form: /^>/, take: quotation },
  { form: /^[-*]\s+/, take: (lines, at) => list(lines, at, /^[-*]\s+/, 'ul') },
  { form: /^\d{1,9}[.)]\s+/, take: (lines, at) => list(lines, at, /^\d{1,9}[.)]\s+/, 'ol') },
];

/** @param {string} text */
export function markdownElements(text) {
  return blocks(text.split('\n'), { level: TOP - 1, depth: 0 });
}

function blocks(lines, context) {
  const made = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at].trim() === '') {
      at += 1;
      continue;
    }
    const block = BLOCKS.find(({ form }) => form.test(lines[at])) ?? { take: paragraph };
    const [each, next] = block.take(lines, at, context);
    made.push(each);
    at = next;
  }
  return made;
}

/** The first line from a place on that is so, or the end. */
function firstLine(lines, from, isSo) {
  let at = from;
  while (at < lines.length && !isSo(lines[at])) at += 1;
  return at;
}

/** Up to the first line that another block begins with. */
function paragraph(lines, at) {
  const end = firstLine(lines, at + 1, (line) => line.trim() === '' || BLOCKS.some(({ form }) => form.test(line)));
  return [element('p', {}, ...inline(lines.slice(at, end).join('\n'))), end];
}

/** At most one level deeper than the one before it: none is left out. */
function heading(lines, at, context) {
  const [, { length }, text] = BLOCKS[1].form.exec(lines[at]);
  context.level = Math.min(LOWEST, TOP - 1 + length, context.level + 1);
  return [element(`h${context.level}`, {}, ...inline(text)), at + 1];
}

function fence(lines, at) {
  const end = firstLine(lines, at + 1, (line) => line.startsWith('```'));
  return [element('pre', { tabIndex: 0 }, element('code', {}, lines.slice(at + 1, end).join('\n'))), end + 1];
}

function quotation(lines, at, context) {
  const end = firstLine(lines, at, (line) => !line.startsWith('>'));
  const own = lines.slice(at, end).map((line) => line.replace(/^> ?/, ''));
  const inner = context.depth >= DEPTH ? [element('p', {}, own.join('\n'))] : blocks(own, { ...context, depth: context.depth + 1 });
  return [element('blockquote', {}, ...inner), end];
}

/** A line that begins with spaces belongs to the item above it. */
function list(lines, from, form, tag) {
  const items = [];
  let at = from;
  for (; at < lines.length; at++) {
    if (form.test(lines[at])) items.push([lines[at].replace(form, '')]);
    else if (/^\s+\S/.test(lines[at])) items[items.length - 1].push(lines[at].trim());
    else break;
  }
  return [element(tag, {}, ...items.map((item) => element('li', {}, ...inline(item.join('\n'))))), at];
}

function inline(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(text.slice(end, found.index), ...inlineOf(found));
    end = found.index + found[0].length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== '');
}

function inlineOf({ 0: whole, groups: { code, strong, em, label, url } }) {
  if (code !== undefined) return [element('code', {}, code)];
  if (strong !== undefined) return [element('strong', {}, ...inline(strong))];
  if (em !== undefined) return [element('em', {}, ...inline(em))];
  return [isAllowed(url) ? element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label) : whole];
}

function isAllowed(url) {
  try {
    return PROTOCOLS.includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
