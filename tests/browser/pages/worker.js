// A worker with an instance of cu over files, for tests. Answers each message `{ id, call, words }`.

import { Cu } from '/host-js/index.js';
import { EncryptedStore, EncryptionKey } from '/host-js/encrypted.js';
import { OPFSStore } from '/host-js/store/opfs.js';

let store;
let cu;

const calls = {
  /** Whether this browser can open a file synchronously. */
  async hasFiles() {
    try {
      const folder = await navigator.storage.getDirectory();
      const file = await folder.getFileHandle('whether there are files', { create: true });
      (await file.createSyncAccessHandle()).close();
      return true;
    } catch {
      return false;
    }
  },
  async open(name, { encrypted = false, ...options } = {}) {
    store = await OPFSStore.open(name, options);
    const used = encrypted ? EncryptedStore.open(store, { key: new EncryptionKey(new Uint8Array(32).fill(1)) }) : store;
    const bytes = await (await fetch('/dist/cu.wasm')).arrayBuffer();
    cu = await Cu.create({ module: bytes, store: used });
  },
  compute: (code) => cu.compute(code).value,
  /** Computes again and again, and tells the server each result, as it can be read by anyone then. */
  async count(name, most) {
    for (let turn = 0; turn < most; turn++) {
      const { value } = cu.compute('_home.n = (_home.n or 0) + 1 return _home.n');
      await fetch(`/report/${name}/${value}`);
    }
  },
  time(code, times) {
    const all = [];
    for (let turn = 0; turn < times; turn++) {
      const start = performance.now();
      cu.compute(code);
      all.push(performance.now() - start);
    }
    return all;
  },
  close: () => store.close(),
};

onmessage = async ({ data: { id, call, words } }) => {
  try {
    postMessage({ id, value: await calls[call](...words) });
  } catch (error) {
    postMessage({ id, error: { message: error.message, reason: error.reason } });
  }
};
