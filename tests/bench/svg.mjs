// Pieces of the SVG charts of docs/performance/, for light and dark pages.

const STYLE = `
  svg { --surface: #ffffff; --edge: #d1d9e0; --ink: #1f2328; --quiet: #59636e; --grid: #e4e8ec;
    --good: #2f6fde; --poor: #d9772b; --third: #3a9d7a; --other: #a3abb4; --mark: #1f2328; }
  @media (prefers-color-scheme: dark) {
    svg { --surface: #0d1117; --edge: #3d444d; --ink: #f0f6fc; --quiet: #9198a1; --grid: #262c34;
      --good: #4c8dff; --poor: #e5964d; --third: #4fb893; --other: #7d8590; --mark: #f0f6fc; }
  }
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; }
  .head { font-weight: 600; }
  .quiet { fill: var(--quiet); }
  .small { font-size: 11px; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .card { fill: var(--surface); stroke: var(--edge); }
  .grid { stroke: var(--grid); }
  .axis { stroke: var(--quiet); }
  .good { fill: var(--good); }
  .poor { fill: var(--poor); }
  .other { fill: var(--other); }
  .third { fill: var(--third); }
  .faint { fill: var(--grid); stroke: var(--edge); }
  .dot { fill: var(--other); stroke: var(--surface); }
  .mark { stroke: var(--mark); stroke-width: 2; }
  .limit { stroke: var(--poor); stroke-dasharray: 3 3; }
`;

const number = (value) => String(Number(value.toFixed(1)));
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** A whole picture; `description` is for people who cannot see it. */
export function picture({ width, height, title, description, parts }) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" `
      + `width="${number(width)}" height="${number(height)}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${number(width - 1)}" height="${number(height - 1)}" rx="8"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

export const label = (x, y, text, classes = '') => (
  `<text x="${number(x)}" y="${number(y)}"${classes === '' ? '' : ` class="${classes}"`}>${escape(text)}</text>`);

/** A bar between two places on the x axis, in any order. `hint` appears when the mouse is over it. */
export function bar({ from, to, y, height, classes, hint }) {
  const [left, right] = from < to ? [from, to] : [to, from];
  const shape = `<rect class="${classes}" x="${number(left)}" y="${number(y)}" width="${number(right - left)}" height="${number(height)}" rx="1"`;
  return hint === undefined ? `${shape}/>` : `${shape}><title>${escape(hint)}</title></rect>`;
}

/** A dot with an outline, so that it is visible on a bar. */
export const dot = (x, y, radius) => `<circle class="dot" cx="${number(x)}" cy="${number(y)}" r="${number(radius)}"/>`;

export const vertical = (x, top, bottom, classes) => (
  `<line class="${classes}" x1="${number(x)}" y1="${number(top)}" x2="${number(x)}" y2="${number(bottom)}"/>`);

export const horizontal = (y, left, right, classes) => (
  `<line class="${classes}" x1="${number(left)}" y1="${number(y)}" x2="${number(right)}" y2="${number(y)}"/>`);
