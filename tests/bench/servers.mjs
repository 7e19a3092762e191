// Servers of their own for the benchmarks: PostgreSQL and etcd, as the tests of stores start them, and `cu serve`.
//
// Invariant: what is started here ends with `stop`, and its folder goes with it.

import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CU = fileURLToPath(new URL('../../target/release/cu', import.meta.url));

/** How long a server may take to start. */
const START_MS = 60_000;

/** A place that exists while the server runs: `{ url, stop }`, or `undefined` if its programs are not here. */
export const DATABASES = { postgres, etcd };

async function postgres() {
  const programs = process.env.CU_POSTGRES ?? debianPostgres();
  if (programs === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'cu-bench-postgres-'));
  const user = otherUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(programs, 'initdb'), ['--username=cu', '--auth=trust', '--encoding=UTF8', '--locale=C', '--pgdata', data], { ...user, stdio: 'ignore' });
  const port = await freePort();
  const child = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, '-p', String(port), '-h', '127.0.0.1'], { ...user, stdio: 'ignore' });
  const url = (namespace) => `postgres://cu@127.0.0.1:${port}/postgres${namespace === undefined ? '' : `?namespace=${namespace}`}`;
  return started(child, folder, url);
}

async function etcd() {
  const program = process.env.CU_ETCD ?? 'etcd';
  if (process.env.CU_ETCD === undefined && !isInPath(program)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'cu-bench-etcd-'));
  const [clients, peers] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
  const child = spawn(program, [
    '--data-dir', folder, '--listen-client-urls', clients, '--advertise-client-urls', clients,
    '--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`,
  ], { stdio: 'ignore' });
  return started(child, folder, (namespace = 'bench') => `etcd://${clients.slice('http://'.length)}?namespace=${namespace}`);
}

/** The server once a home in it can be opened. */
async function started(child, folder, url) {
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      execFileSync(CU, ['eval', 'return 1', '--home', url('probe')], { stdio: 'ignore', timeout: START_MS });
      return { url, stop };
    } catch (error) {
      if (Date.now() > until || child.exitCode !== null) {
        await stop();
        throw error;
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** `cu serve` at a place: `{ address, pid, stop }`. */
export async function serve(...words) {
  const child = spawn(CU, ['serve', '--listen', '0', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
      const line = /^http:\/\/(\S+)\n/.exec(text);
      if (line) resolve(line[1]);
    });
    child.on('exit', (status) => reject(new Error(`cu serve ${words.join(' ')} ended with ${status}`)));
  });
  return { address, pid: child.pid, stop: () => ended(child, 'SIGKILL') };
}

async function ended(child, signal = 'SIGINT') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await gone;
}

function debianPostgres() {
  const versions = '/usr/lib/postgresql';
  if (isInPath('initdb')) return '';
  if (!existsSync(versions)) return undefined;
  const last = readdirSync(versions).sort((one, other) => Number(one) - Number(other)).pop();
  return last === undefined ? undefined : join(versions, last, 'bin');
}

/** PostgreSQL refuses to run as root. */
function otherUser() {
  if (process.getuid() !== 0) return undefined;
  const id = (option) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const isInPath = (program) => process.env.PATH.split(':').some((folder) => existsSync(join(folder, program)));

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
