// The shells of JavaScriptCore (jsc) and of GNOME (gjs), which run one classic script: a bundle of this file (in_shell.mjs). Its word is a
// folder with cu.wasm and given.json.

/* global ARGV, imports, print, readFile, preciseTime, quit */

import { prepare } from './shims.mjs';

const isGjs = typeof imports === 'object';

function shellOfGnome() {
  const { GLib, System } = { GLib: imports.gi.GLib, System: imports.system };
  return {
    words: ARGV,
    now: () => GLib.get_monotonic_time() / 1000,
    bytesOf: (path) => new Uint8Array(GLib.file_get_contents(path)[1]),
    sleep: (milliseconds) => GLib.usleep(milliseconds * 1000),
    loop: new GLib.MainLoop(null, false),
    exit: (code) => System.exit(code),
  };
}

function shellOfWebKit() {
  return {
    words: globalThis.arguments,
    now: () => preciseTime() * 1000,
    bytesOf: (path) => readFile(path, 'binary'),
    loop: undefined,
    exit: quit,
  };
}

const shell = isGjs ? shellOfGnome() : shellOfWebKit();
const { words: [files], now, bytesOf } = shell;
const bytes = bytesOf(`${files}/cu.wasm`);
prepare({ now, bytes });
if (isGjs) {
  // It has a loop of its own, to which SpiderMonkey cannot give what it compiled in the background.
  WebAssembly.compile = async (source) => new WebAssembly.Module(source);
  WebAssembly.instantiate = async (module, imported) => new WebAssembly.Instance(module, imported);
  keepTimers(shell.sleep);
}

/** gjs loses a timer that is due while memory is swept. Nothing else runs here while one waits, so it may wait by itself. */
function keepTimers(sleep) {
  const waiting = new Set();
  let last = 0;
  globalThis.setTimeout = (action, milliseconds = 0, ...words) => {
    last += 1;
    const id = last;
    waiting.add(id);
    Promise.resolve().then(() => {
      if (!waiting.delete(id)) return;
      if (milliseconds > 0) sleep(milliseconds);
      action(...words);
    });
    return id;
  };
  globalThis.clearTimeout = (id) => { waiting.delete(id); };
}

/** Another process looks, which knows by this line that it may, and has half a second for it. */
function resident(instances) {
  print(`resident ${instances}`);
  return new Promise((resolve) => { setTimeout(resolve, 500, undefined); });
}

async function main() {
  // host-js asks for encoders as soon as it is there.
  const { run } = await import('./run.mjs');
  const given = JSON.parse(new TextDecoder().decode(bytesOf(`${files}/given.json`)));
  await run(given.what, { ...given, bytes, now, print, resident });
}

let code = 0;
main().catch((error) => {
  print(`${error}\n${error.stack}`);
  code = 1;
}).then(() => {
  if (shell.loop === undefined) shell.exit(code);
  else shell.loop.quit();
});
if (shell.loop !== undefined) {
  shell.loop.run();
  shell.exit(code);
}
