/** Elements of the page, without a framework. Text is only ever set as text, so that no value can become markup. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} name such as `button.quiet`: a tag and its classes
 * @param {object} [properties] of the element; those with a hyphen, and `role`, are attributes
 * @param {...(Node | string | undefined | false)} children
 */
export function element(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const made = document.createElement(tag);
  if (classes.length > 0) made.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key.includes('-') || key === 'role') made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

export function drawn(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Puts other children into a place. Who was at one of them is at the one with the same text, or at the place. */
export function refill(place, children) {
  const { activeElement } = place.getRootNode();
  const text = place.contains(activeElement) && activeElement !== place ? activeElement.textContent : undefined;
  place.replaceChildren(...children);
  if (text === undefined) return;
  (Array.from(place.querySelectorAll('button')).find((button) => button.textContent === text && !button.disabled) ?? place).focus();
}

/** Text in which `code` is marked with backquotes, as in messages. */
export function marked(text) {
  return text.split('`').map((part, number) => (number % 2 === 0 ? part : element('code', {}, part)));
}
