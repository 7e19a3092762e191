// The notebook of the playground for tests, as a reader sees and uses it.

import assert from 'node:assert/strict';
import { run, write } from './playground.mjs';

const NOTEBOOK = '.panel.notebook';

/** The page remembers which one was shown last. */
export async function choose(page, isNotebook) {
  await page.evaluate((is) => { if ((document.querySelector('#notebook').getAttribute('aria-pressed') === 'true') !== is) document.querySelector('#notebook').click(); }, isNotebook);
  await page.waitForFunction(`document.body.classList.contains('in-notebook') === ${isNotebook}`);
}

/** Opens the notebook with such cells, each `lua: ...` or `text: ...`. */
export async function open(page, ...cells) {
  const script = `_home.notebook = { last = ${cells.length}, order = {}, cells = {} }\n${cells.map((cell, index) => {
    const [, kind, text] = /^(lua|text): ?([^]*)$/.exec(cell);
    return `_home.notebook.order[${index + 1}] = ${index + 1} _home.notebook.cells[${index + 1}] = { kind = "${kind}", text = [==[\n${text}]==] }`;
  }).join('\n')}`;
  await write(page, script);
  await run(page);
  await choose(page, true);
  await page.waitForFunction(`document.querySelectorAll('${NOTEBOOK} .cell').length === ${cells.length}`);
}

export const press = (page, text, cell = 1) => page.evaluate(([wanted, number]) => {
  const place = number === 0 ? document.querySelector('.panel.notebook .head') : document.querySelectorAll('.cell')[number - 1];
  Array.from(place.querySelectorAll('button')).find((button) => (button.getAttribute('aria-label') ?? button.textContent) === wanted).click();
}, [text, cell]);

export const output = (cell) => `.cell:nth-child(${cell}) .cell-output`;
const texts = (page) => page.evaluate(() => Array.from(document.querySelectorAll('.cell'), (cell) => (cell.querySelector('.cm-content, textarea, .prose, .still-text').innerText || cell.querySelector('textarea')?.value).trim()));

/** Waits until the cells have these texts. */
export async function haveTexts(page, wanted) {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await texts(page);
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    if (Date.now() > end) assert.deepEqual(found, wanted);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

/** Writes into a cell, as somebody who pastes it. */
export const writeCell = (page, cell, text) => page.evaluate(([number, written]) => {
  const editor = document.querySelectorAll('.cell')[number - 1].querySelector('.cm-content');
  editor.focus();
  editor.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', keyCode: 65, ctrlKey: true, bubbles: true, cancelable: true }));
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', written);
  editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, data: written, dataType: 'text/plain', bubbles: true, cancelable: true }));
}, [cell, text]);

export const hasEditors = (page, count) => page.waitForFunction(`document.querySelectorAll('.cell .cm-editor').length === ${count}`);
