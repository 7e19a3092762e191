// What a test finds in its page: the package, and the module of cu.

import * as cu from 'cu';

const response = fetch('/dist/cu.wasm').then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes));

/** Names that tests use in the page; `ready` says that they are there. */
window.cu = cu;
window.load = (name) => import(name);
window.create = async (store, options = {}) => cu.Cu.create({ module: await response, store, ...options });
window.ready = true;
