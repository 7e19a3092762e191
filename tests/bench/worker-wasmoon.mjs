// wasmoon in Node: one compiled module, a fresh Lua state for each program. As with cu, the time includes compiling
// the source and reading the result. doStringSync is the call that is most like compute.

import { LuaFactory } from 'wasmoon';

import { serve } from './worker.mjs';

const factory = new LuaFactory();

await serve(async (source) => {
  const engine = await factory.createEngine();
  return {
    run: () => engine.doStringSync(source),
    close: () => engine.global.close(),
  };
});
