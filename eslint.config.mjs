// Checks that what browsers load of host-js works in the oldest of them: Chrome 80, Firefox 79, Safari 13.1.
//
// esbuild knows the syntax, and builds for them (scripts/bundle.mjs); these rules know what is called. `make lint` runs both.

import compat from 'eslint-plugin-compat';
import es from 'eslint-plugin-es-x';

/** Files that only Node, Bun or tests load. */
const ELSEWHERE = ['audit.js', 'node.js', 'bun/**', 'test/**', 'store/disk.js', 'store/file.js', 'store/file/**', 'store/lock.js'];

export default [
  { ignores: ['**/dist/**', 'host-js/cu.js', 'host-js/cu_worker.js', 'host-js/elements*.js', ...ELSEWHERE.map((path) => `host-js/${path}`)] },
  {
    files: ['host-js/**/*.js'],
    plugins: { compat, 'es-x': es },
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    settings: {
      browsers: ['chrome 80', 'firefox 79', 'safari 13.1'],
      // Asked for before they are used: `typeof`, or a test of the property.
      polyfills: [
        'BigInt', 'CompressionStream', 'DecompressionStream', 'WebAssembly.compileStreaming', 'navigator.hardwareConcurrency', 'navigator.locks',
      ],
    },
    rules: {
      ...es.configs['flat/restrict-to-es2020'].rules,
      'compat/compat': 'error',
      // Firefox has it since version 80.
      'es-x/no-export-ns-from': 'error',
    },
  },
  {
    // Those of scripts/playground.mjs.
    files: ['playground/**/*.js'],
    plugins: { compat, 'es-x': es },
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    settings: { browsers: ['chrome 99', 'firefox 98', 'safari 15.4'], polyfills: ['CompressionStream'] },
    rules: { ...es.configs['flat/restrict-to-es2022'].rules, 'compat/compat': 'error', 'no-unused-vars': 'error' },
  },
];
