/**
 * The page's styles in the shadow of an element.
 *
 * Each of the page's properties (styles/colours.css) is one of the element's, and `--cu-` before its name is what others may set, wherever
 * the element inherits from. Sheets are made, and not written into the document: a Content-Security-Policy has nothing to allow.
 */

import COLOURS from '../styles/colours.css';
import CONTENT from '../styles/content.css';
import CONTROLS from '../styles/controls.css';
import PARTS from '../styles/parts.css';
import OWN from './elements.css';

/** A minifier may have taken the quotes. */
const DARK = /:root\[data-theme='?dark'?\]/;

/** As it is for `:host`: light, dark where the reader wants that, or what the attribute `theme` says. */
function coloursOfHost() {
  const [light, dark] = COLOURS.split(DARK);
  const open = (css) => css.replace(/--([\w-]+):([^;}]+)/g, '--$1:var(--cu-$1,$2)');
  const darkBlock = open(dark);
  return `${open(light).replace(':root', ':host')}:host([theme=dark])${darkBlock}@media (prefers-color-scheme:dark){:host(:not([theme=light]))${darkBlock}}`;
}

let sheet;

/** @param {ShadowRoot} root */
export function dress(root) {
  const css = () => [coloursOfHost(), PARTS, CONTROLS, CONTENT, OWN].join('\n');
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    if (sheet === undefined) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css());
    }
    root.adoptedStyleSheets = [sheet];
  } else {
    root.append(Object.assign(document.createElement('style'), { textContent: css() }));
  }
}
