// Runs the kit, or some clauses, on host-js in Node: node tests/conformance/run.mjs [clause...]

import { readClauses } from './files.mjs';
import { linesOfReport, runKit } from './js/report.mjs';

const report = await runKit(readClauses(process.argv.slice(2)));
console.log(linesOfReport(report).join('\n'));
process.exitCode = report.failed === 0 ? 0 : 1;
