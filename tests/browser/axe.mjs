// What axe-core finds in a page, within shadows, too.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const AXE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** What axe-core objects to: rule, and where. */
export async function objections(page) {
  await page.evaluate(`window.axe || (() => { ${AXE} })()`);
  return page.evaluate(async () => {
    // All but that of the cursor, which has no end.
    const animations = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
    await Promise.all(animations.map(({ finished }) => finished));
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target} ${any.map(({ message }) => message)}`).join('; ')}`);
  });
}
