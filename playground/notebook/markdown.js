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

const INLINE = /`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|\*(?<em>[^\s*][^*]*)\*|\[(?<label>[^\]]+)\]\((?<url>[^)\s]+)\)/g;

/** Each kind of block: how its first line looks, and what is made of it; in this order. */
const BLOCKS = [
  { form: /^```/, take: fence },
  { form: /^(#{1,6})\s+(.*)$/, take: heading },
  { form: /^(?:-{3,}|\*{3,})\s*$/, take: (lines) => [element('hr'), lines.slice(1)] },
  { form: /^>/, take: quotation },
  { form: /^[-*]\s+/, take: (lines) => list(lines, /^[-*]\s+/, 'ul') },
  { form: /^\d{1,9}[.)]\s+/, take: (lines) => list(lines, /^\d{1,9}[.)]\s+/, 'ol') },
];

/** @param {string} text */
export function markdownElements(text) {
  return blocks(text.split('\n'), { level: TOP - 1, depth: 0 });
}

function blocks(all, context) {
  const made = [];
  let lines = all;
  while (lines.length > 0) {
    if (lines[0].trim() === '') {
      lines = lines.slice(1);
      continue;
    }
    const block = BLOCKS.find(({ form }) => form.test(lines[0])) ?? { take: paragraph };
    const [each, rest] = block.take(lines, context);
    made.push(each);
    lines = rest;
  }
  return made;
}

/** Up to the first line that another block begins with. */
function paragraph(lines) {
  const end = lines.findIndex((line, index) => index > 0 && (line.trim() === '' || BLOCKS.some(({ form }) => form.test(line))));
  const own = end < 0 ? lines : lines.slice(0, end);
  return [element('p', {}, ...inline(own.join('\n'))), lines.slice(own.length)];
}

/** At most one level deeper than the one before it: none is left out. */
function heading([first, ...rest], context) {
  const [, { length }, text] = BLOCKS[1].form.exec(first);
  context.level = Math.min(LOWEST, TOP - 1 + length, context.level + 1);
  return [element(`h${context.level}`, {}, ...inline(text)), rest];
}

function fence(lines) {
  const end = lines.findIndex((line, index) => index > 0 && line.startsWith('```'));
  const own = lines.slice(1, end < 0 ? lines.length : end);
  return [element('pre', { tabIndex: 0 }, element('code', {}, own.join('\n'))), end < 0 ? [] : lines.slice(end + 1)];
}

function quotation(lines, context) {
  const end = lines.findIndex((line) => !line.startsWith('>'));
  const own = (end < 0 ? lines : lines.slice(0, end)).map((line) => line.replace(/^> ?/, ''));
  const inner = context.depth >= DEPTH ? [element('p', {}, own.join('\n'))] : blocks(own, { ...context, depth: context.depth + 1 });
  return [element('blockquote', {}, ...inner), end < 0 ? [] : lines.slice(end)];
}

/** A line that begins with spaces belongs to the item above it. */
function list(lines, form, tag) {
  const items = [];
  let at = 0;
  for (; at < lines.length; at++) {
    if (form.test(lines[at])) items.push(lines[at].replace(form, ''));
    else if (/^\s+\S/.test(lines[at])) items[items.length - 1] += `\n${lines[at].trim()}`;
    else break;
  }
  return [element(tag, {}, ...items.map((item) => element('li', {}, ...inline(item)))), lines.slice(at)];
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
