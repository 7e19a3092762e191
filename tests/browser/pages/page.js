// What a test finds in its page: the package, and ways to make an instance and a worker.

import * as cu from 'cu';

const report = (error) => { fetch(`/error/${encodeURIComponent(String(error && (error.stack || error.message) || error))}`, { keepalive: true }); };
addEventListener('error', ({ error, message }) => report(error || message));
addEventListener('unhandledrejection', ({ reason }) => report(reason));

const module = fetch('/dist/cu.wasm').then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes));

window.cu = cu;
window.load = (name) => import(name);
window.create = async (store, options = {}) => cu.Cu.create({ module: await module, store, ...options });

/** A function that calls the worker of worker.js. */
window.startWorker = () => {
  // One that imports needs the names of the page, and these are its own.
  const worker = new Worker('/tests/browser/pages/worker.js', { type: 'module' });
  const waiting = new Map();
  let calls = 0;
  worker.onmessage = ({ data: { id, value, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(Object.assign(new Error(error.message), error));
  };
  worker.onerror = ({ message }) => { for (const { reject } of waiting.values()) reject(new Error(message)); };
  return (call, ...words) => new Promise((resolve, reject) => {
    waiting.set(++calls, { resolve, reject });
    worker.postMessage({ id: calls, call, words });
  });
};

window.ready = true;
