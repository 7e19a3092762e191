// Shared homes for playgrounds: README.md.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Homes } from './homes.mjs';
import { Requests } from './requests.mjs';

const HELP = `Keeps shared homes, which pages of the playground join.

Use: node examples/sync-server/server.mjs [OPTION]

  --port N         the port, 8001 if you name none; 0 takes a free one
  --address A      the address to listen on, 127.0.0.1 if you name none: then only programs of this machine reach it
  --folder PATH    where homes are kept, a file each; ./shared-homes if you name none
  --origin URL     pages from there may ask, such as https://example.org; those of this machine always may
  --name HOST      a name under which the server is asked, such as sync.example.org, beside localhost
`;

function fail(problem) {
  console.error(`sync-server: ${problem}`);
  process.exit(2);
}

function readOptions() {
  const text = (usual) => ({ type: 'string', default: usual });
  try {
    return parseArgs({ options: {
      port: text('8001'), address: text('127.0.0.1'), folder: text('shared-homes'), help: { type: 'boolean' },
      origin: { type: 'string', multiple: true, default: [] }, name: { type: 'string', multiple: true, default: [] },
    } }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${HELP}`);
  }
}

const { port, address, folder, origin, name, help } = readOptions();
if (help) {
  console.log(HELP);
  process.exit();
}
if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) fail(`--port is a whole number from 0 to 65535, not ${JSON.stringify(port)}`);
for (const each of origin) if (!URL.canParse(each) || new URL(each).origin !== each) fail(`--origin is a scheme and a host, such as https://example.org, not ${JSON.stringify(each)}`);

const homes = new Homes(folder);
const requests = new Requests(homes, { origins: origin, names: name });
const server = createServer((request, response) => requests.handle(request, response));
server.on('error', ({ message }) => fail(`cannot listen on port ${port} of ${address}: ${message}`));
server.listen(Number(port), address, () => console.log(`sync-server: http://${address}:${server.address().port}/ (Ctrl+C ends it)`));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    requests.close();
    server.close();
    server.closeAllConnections();
    homes.close();
    process.exit();
  });
}
