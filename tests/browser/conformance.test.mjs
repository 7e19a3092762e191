// The conformance kit in pages: host-js meets every clause in each browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClauses } from '../conformance/files.mjs';
import { inEachBrowser } from './pages.mjs';

const names = readClauses().map(({ name }) => name);

inEachBrowser((its) => {
  test('host-js meets every clause', async (t) => {
    const page = await its.open();
    try {
      const { lines, passed, failed } = await page.evaluate(async (clauses) => {
        const { linesOfReport, runKit } = await import('/tests/conformance/js/report.mjs');
        const files = await Promise.all(clauses.map(async (name) => ({ name, text: await (await fetch(`/tests/conformance/${name}.txt`)).text() })));
        const report = await runKit(files);
        return { lines: linesOfReport(report), passed: report.passed, failed: report.failed };
      }, names);
      assert.equal(failed, 0, lines.join('\n'));
      assert.ok(passed > 900, `${passed} cases`);
      t.diagnostic(`${passed} cases`);
    } finally {
      await page.close();
    }
  });
});
