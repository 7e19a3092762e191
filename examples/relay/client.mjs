// A client in JavaScript, for Node, with nothing but what Node has: README.md, "A request", in forty lines.
//
//     node client.mjs KEY FILE METHOD URL [NAME OF THE RELAY] < BODY

import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

// What is in front of the 32 bytes of a private key of ed25519 in PKCS #8.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export function privateKey(digits) {
  return createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.from(digits.trim(), 'hex')]), format: 'der', type: 'pkcs8' });
}

export function signedHeaders({ relay = 'relay', method, target, key, privateKey, body, nonce, time }) {
  const fields = {
    'relay-target': `${method} ${target}`,
    'relay-key': key,
    'relay-nonce': nonce ?? randomBytes(16).toString('hex'),
    'relay-time': String(time ?? Math.floor(Date.now() / 1000)),
    'relay-digest': createHash('sha256').update(body).digest('hex'),
  };
  const text = ['cu-relay 1', relay, ...Object.values(fields)].map((line) => `${line}\n`).join('');
  return { ...fields, 'relay-signature': sign(null, Buffer.from(text), privateKey).toString('hex') };
}

async function main([key, file, method, address, relay]) {
  const url = new URL(address);
  const body = method === 'GET' ? Buffer.alloc(0) : readFileSync(0);
  const headers = signedHeaders({
    relay, method, target: url.pathname + url.search, key, privateKey: privateKey(readFileSync(file, 'utf8')), body,
  });
  const response = await fetch(url, { method, headers, body: method === 'GET' ? undefined : body });
  for await (const piece of response.body) process.stdout.write(piece);
  process.exitCode = response.ok ? 0 : 1;
}

if (process.argv[1]?.endsWith('client.mjs')) await main(process.argv.slice(2));
