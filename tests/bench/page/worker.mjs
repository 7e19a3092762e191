// The page's half of worker-browser.mjs: posts its last answer, and the reply is the next program. It ends without a
// reply.

import { answer } from '../answer.mjs';
import { loader } from '../load_cu.mjs';

const load = loader(await WebAssembly.compileStreaming(fetch('/module.wasm')));
for (let last = 'ready'; ;) {
  const next = await fetch('/next', { method: 'POST', body: last });
  last = await answer(await next.text(), load);
}
