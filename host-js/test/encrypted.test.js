/**
 * Encryption: damage of every byte, moved values, wrong keys, rotations that are killed, vectors, the bytes of a file.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { format, inspect } from 'node:util';

import { EncryptedStore, EncryptionError, EncryptionKey, isEncrypted } from '../encrypted.js';
import { Cu, HostError, MemoryStore } from '../index.js';
import { FileStore } from '../node.js';
import { Keys } from '../store/encrypted/key.js';
import { open, seal } from '../store/encrypted/sealed.js';
import { inFolder } from './folder.js';
import { failingAfter } from './faulty.js';
import { withModule } from './module.js';

const OWN_TABLE = 0xff000000;
const OVERHEAD = 52;

const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const fromHex = (digits) => Uint8Array.from(Buffer.from(digits, 'hex'));
const hex = (array) => Buffer.from(array).toString('hex');
const keyOf = (byte) => new EncryptionKey(new Uint8Array(32).fill(byte));
const [first, second, third] = [1, 2, 3].map(keyOf);

const ENTRIES = [
  [1, bytes('a'), bytes('first')],
  [1, bytes('b'), bytes('')],
  [1, bytes(''), bytes('of the empty key')],
  [7, bytes('a'), bytes('first')],
  [0xffffffff, bytes('z'), new Uint8Array(300).fill(7)],
];

const fill = (store) => {
  for (const [table, key, value] of ENTRIES) store.set(table, key.slice(), value.slice());
  return store;
};

const filled = (keys = { key: first }) => fill(EncryptedStore.open(new MemoryStore(), keys));

const copy = (store) => MemoryStore.fromSnapshot(store.snapshot());

function holdsAll(store) {
  for (const [table, key, value] of ENTRIES) assert.deepEqual(store.get(table, key), value);
}

/** Every row of a store: table, key, value. */
function rowsOf(store) {
  const rows = [];
  for (let table; (table = store.nextTable(table)) !== undefined;) {
    store.keys(table, undefined, false, (key) => rows.push([table, key, store.get(table, key)]));
  }
  return rows;
}

const refuses = (action, reason, message) => assert.throws(action, (error) => {
  assert.ok(error instanceof EncryptionError, inspect(error));
  assert.equal(error.reason, reason, error.message);
  if (message instanceof RegExp) assert.match(error.message, message);
  else if (message !== undefined) assert.equal(error.message, message);
  return true;
});

test('every changed byte and every truncation is an error that names its place', () => {
  const store = filled();
  for (const [table, key] of ENTRIES) {
    const whole = store.inner.get(table, key);
    const damaged = [Uint8Array.of(...whole, 0)];
    for (let at = 0; at < whole.length; at++) {
      damaged.push(whole.slice(0, at));
      for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const changed = whole.slice();
        changed[at] ^= mask;
        damaged.push(changed);
      }
    }
    for (const each of damaged) {
      store.inner.set(table, key, each);
      const marked = hex(each).startsWith('e16375');
      const isWhole = hex(each).startsWith('e1637501') && each.length >= OVERHEAD;
      const otherKey = isWhole && hex(each.slice(4, 12)) !== first.id;
      refuses(() => store.get(table, key), otherKey ? 'key' : marked ? 'damaged' : 'plain', new RegExp(
        `^table ${table}, key ${hex(key)}: `,
      ));
    }
    store.inner.set(table, key, whole);
  }
  holdsAll(store);
});

test('a value is valid for its table and key only', () => {
  const store = filled();
  const sealed = ENTRIES.map(([table, key]) => store.inner.get(table, key));
  sealed.forEach((from, number) => ENTRIES.forEach(([table, key, value], place) => {
    store.inner.set(table, key, from);
    if (place === number) assert.deepEqual(store.get(table, key), value);
    else refuses(() => store.get(table, key), 'damaged', /its bytes were changed, or it was moved$/);
  }));
});

test('equal values are encrypted differently', () => {
  const store = filled();
  const before = store.inner.get(1, bytes('a'));
  store.set(1, bytes('a'), bytes('first'));
  assert.notDeepEqual(store.inner.get(1, bytes('a')), before);
  assert.equal(before.length, OVERHEAD + 5);
});

test('another key is refused with both ids', () => {
  const inner = filled().inner;
  refuses(
    () => EncryptedStore.open(inner, { key: second }), 'key',
    `table ${OWN_TABLE}, key ${hex(bytes('encrypted'))}: `
      + `the value needs the key with id ${first.id}; given is ${second.id}`,
  );
  holdsAll(EncryptedStore.open(inner, { key: second, olderKeys: [first] }));
});

test('a store with plain values is refused, and a plain value in an encrypted one', () => {
  const message = 'the store is not encrypted, or has lost the record of it; entries in table 1: 3';
  refuses(() => EncryptedStore.open(fill(new MemoryStore()), { key: first }), 'plain', message);
  const store = filled();
  store.inner.set(7, bytes('a'), bytes('\x01\x01'));
  refuses(() => store.get(7, bytes('a')), 'plain', 'table 7, key 61: the value is not encrypted');
  refuses(() => store.rotate(), 'plain');
});

test('the table of the marker is hidden', () => {
  const store = filled();
  const key = bytes('encrypted');
  assert.ok(isEncrypted(store.inner));
  assert.ok(!isEncrypted(new MemoryStore()));
  assert.equal(store.get(OWN_TABLE, key), undefined);
  assert.equal(store.size(OWN_TABLE), 0);
  store.keys(OWN_TABLE, undefined, false, () => assert.fail('a key'));
  assert.equal(store.nextTable(7), 0xffffffff);
  store.delete(OWN_TABLE, key);
  refuses(() => store.set(OWN_TABLE, key, key), 'reserved', /: the table belongs to the encryption$/);
  holdsAll(EncryptedStore.open(store.inner, { key: first }));
});

test('a damaged marker is named', () => {
  for (const content of [[], [2], [1, 2, 3]]) {
    const inner = new MemoryStore();
    const key = bytes('encrypted');
    inner.set(OWN_TABLE, key, seal(new Keys({ key: first }), OWN_TABLE, key, Uint8Array.from(content)));
    refuses(() => EncryptedStore.open(inner, { key: first }), 'damaged', /bytes, which say nothing$/);
  }
});

test('without random bytes nothing is written', () => {
  const store = filled();
  const before = store.snapshot();
  const { getRandomValues } = crypto;
  crypto.getRandomValues = () => { throw new Error('no entropy'); };
  try {
    refuses(
      () => store.set(1, bytes('a'), bytes('b')), 'randomness',
      'table 1, key 61: not encrypted: the system gives no random bytes: no entropy',
    );
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
  assert.deepEqual(store.snapshot(), before);
});

test('keys are 32 bytes, copied, and in no text', () => {
  for (const wrong of [new Uint8Array(31), new Uint8Array(64)]) {
    const error = new RangeError(`an encryption key has 32 bytes, not ${wrong.length}`);
    assert.throws(() => new EncryptionKey(wrong), error);
  }
  for (const wrong of ['x'.repeat(32), undefined, [1]]) assert.throws(() => new EncryptionKey(wrong), TypeError);
  assert.throws(() => EncryptedStore.open(new MemoryStore(), { key: new Uint8Array(32) }), TypeError);
  const secret = bytes('this is a secret of 32 bytes....');
  const key = new EncryptionKey(secret);
  secret.fill(0);
  assert.equal(key.id, new EncryptionKey(bytes('this is a secret of 32 bytes....')).id);
  const store = filled({ key });
  const options = { depth: 9, showHidden: true, maxArrayLength: null };
  const texts = [inspect(store.allKeys, options), inspect(key, options), JSON.stringify(store.allKeys), format('%o', key)];
  for (const shown of texts) {
    assert.ok(shown.includes(key.id));
    assert.ok(!/secret|116, 104, 105|74686973/.test(shown), shown);
  }
});

test('a store that cannot list its tables is refused', () => {
  const store = new MemoryStore();
  store.nextTable = undefined;
  assert.throws(() => EncryptedStore.open(store, { key: first }), /^TypeError: the store has no nextTable/);
});

test('a rotation leaves nothing of the older key', () => {
  const { inner } = filled();
  const store = EncryptedStore.open(inner, { key: second, olderKeys: [first] });
  store.set(7, bytes('new'), bytes('with the newest key'));
  const seen = [];
  assert.deepEqual(store.rotate((progress) => seen.push(progress)), { entries: 6, rewritten: 5, done: true });
  assert.equal(seen.length, 1);
  for (const [, , value] of rowsOf(inner)) assert.equal(hex(value.slice(4, 12)), second.id);
  refuses(() => EncryptedStore.open(inner, { key: first }), 'key');
  const again = EncryptedStore.open(inner, { key: second });
  holdsAll(again);
  assert.deepEqual(again.rotate(), { entries: 6, rewritten: 0, done: true });
});

test('from the first opening with a newer key to the end of the rotation both are needed', () => {
  const { inner } = EncryptedStore.open(filled().inner, { key: second, olderKeys: [first] });
  refuses(() => EncryptedStore.open(inner, { key: first }), 'key', new RegExp(second.id));
  refuses(
    () => EncryptedStore.open(inner, { key: second }), 'key',
    new RegExp(`values of this store need the key with id ${first.id}; given is ${second.id}$`),
  );
  // A third key before the rotation to the second has ended.
  refuses(() => EncryptedStore.open(inner, { key: third, olderKeys: [second] }), 'key');
  const other = copy(inner);
  EncryptedStore.open(inner, { key: third, olderKeys: [second, first] }).rotate();
  holdsAll(EncryptedStore.open(inner, { key: third }));
  // Then the first key again.
  EncryptedStore.open(other, { key: first, olderKeys: [second] }).rotate();
  holdsAll(EncryptedStore.open(other, { key: first }));
});

test('a rotation goes on batch by batch between other changes', () => {
  const { inner } = filled();
  const before = EncryptedStore.open(inner, { key: first });
  const word = (number) => Uint8Array.of(number >> 8, number);
  for (let number = 0; number < 3000; number++) before.set(10 + number % 3, word(number), word(number));
  for (let number = 0; number < 4; number++) before.set(2, word(number), new Uint8Array(600000).fill(number));
  const store = EncryptedStore.open(inner, { key: second, olderKeys: [first] });
  let batches = 0;
  let entries = 0;
  for (const progress of store.rotation()) {
    assert.ok(progress.entries - entries <= 1000);
    entries = progress.entries;
    batches++;
    store.delete(10, word(300 * batches));
    store.set(10, word(9000 + batches), bytes('meanwhile'));
    store.set(5000 + batches, word(1), bytes('meanwhile'));
  }
  assert.ok(batches > 5, `${batches} batches`);
  const after = EncryptedStore.open(inner, { key: second });
  assert.deepEqual(after.get(11, word(1000)), word(1000));
  assert.equal(after.rotate().rewritten, 0);
});

test('a damaged value stops a rotation and is named', () => {
  const store = EncryptedStore.open(filled().inner, { key: second, olderKeys: [first] });
  const value = store.inner.get(7, bytes('a'));
  value[value.length - 1] ^= 1;
  store.inner.set(7, bytes('a'), value);
  refuses(() => store.rotate(), 'damaged', /^table 7, key 61: /);
  store.delete(7, bytes('a'));
  assert.ok(store.rotate().done);
});

/** What was written before stays. */
const failing = (inner, calls) => failingAfter(inner, calls, new Error('the store is gone'));

/** Whether `action` ended before the store failed. */
function survives(action) {
  try {
    action();
    return true;
  } catch (error) {
    assert.equal(error.message, 'the store is gone');
    return false;
  }
}

test('a rotation killed at any call is read with both keys and resumed', () => {
  const before = filled();
  const keys = { key: second, olderKeys: [first] };
  for (let calls = 0; ; calls++) {
    const inner = copy(before);
    const done = survives(() => EncryptedStore.open(failing(inner, calls), keys).rotate());
    holdsAll(EncryptedStore.open(copy(inner), keys));
    if (done) holdsAll(EncryptedStore.open(copy(inner), { key: second }));
    EncryptedStore.open(inner, keys).rotate();
    holdsAll(EncryptedStore.open(inner, { key: second }));
    if (done) return assert.ok(calls > 20, `${calls} calls`);
  }
});

test('an encryption killed at any call is resumed', () => {
  const plain = fill(new MemoryStore());
  for (let calls = 0; ; calls++) {
    const inner = copy(plain);
    const done = survives(() => EncryptedStore.encryptAll(failing(inner, calls), { key: first }));
    const open = () => EncryptedStore.open(inner, { key: first });
    if (done) return holdsAll(open());
    if (!isEncrypted(inner)) refuses(open, 'plain');
    else if (rowsOf(inner).every(([, , value]) => value[0] === 0xe1)) survives(() => refuses(open, 'unfinished'));
    else refuses(open, 'unfinished', /: the store is only half encrypted: encryptAll has to go on$/);
    // Also with another key.
    holdsAll(EncryptedStore.encryptAll(inner, { key: second, olderKeys: [first] }));
    EncryptedStore.encryptAll(inner, { key: second, onProgress: () => assert.fail('a step') });
  }
});

const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/encrypted.json', import.meta.url), 'utf8'));

for (const vector of vectors.values) {
  test(`vector: ${vector.name}`, () => {
    const keys = new Keys({ key: new EncryptionKey(fromHex(vector.key)) });
    const place = [keys, vector.table, fromHex(vector.entry)];
    assert.equal(keys.newest.id, vector.keyId);
    assert.equal(hex(seal(...place, fromHex(vector.value), fromHex(vector.nonce))), vector.bytes);
    assert.equal(hex(open(...place, fromHex(vector.bytes))), vector.value);
  });
}

for (const vector of vectors.refused) {
  test(`refused vector: ${vector.name}`, () => {
    const keys = new Keys({ key: new EncryptionKey(fromHex(vector.key)) });
    refuses(() => open(keys, vector.table, fromHex(vector.entry), fromHex(vector.bytes)), vector.reason);
  });
}

await withModule((module) => {
  for (const home of vectors.homes) {
    test(`a home that ${home.host} encrypted goes on`, async () => {
      const inner = new MemoryStore();
      for (const [table, key, value] of home.rows) inner.set(table, fromHex(key), fromHex(value));
      const store = EncryptedStore.open(inner, { key: new EncryptionKey(fromHex(home.key)) });
      const cu = await Cu.create({ module, store });
      const { values } = cu.compute('return _home.counter(), _home.user.name, #_home.user.notes[2]');
      assert.deepEqual(values, [42, 'Ada', 2500]);
      assert.equal(cu.readHome().user.notes[1].length, 2500);
    });
  }

  test('a script goes on after a restart, and the file has nothing in the clear', () => inFolder(async (path) => {
    const script = `local count = 0
      function _home.counter() count = count + 1 return count, 'MARKER-in-code' end
      _home.secret = 'MARKER-as-value' _home.nested = { { text = 'MARKER-nested' } }
      _home.long = ('MARKER-long '):rep(20)`;
    for (let run = 1; run <= 3; run++) {
      const store = EncryptedStore.open(FileStore.open(path), { key: first });
      const cu = await Cu.create({ module, store });
      if (run === 1) cu.compute(script);
      assert.deepEqual(cu.compute('return _home.counter()').values, [run, 'MARKER-in-code']);
      assert.throws(() => cu.compute('_home.failed = "MARKER" error("no")'), /no/);
      cu.runGc();
      assert.equal(cu.readHome().nested[0].text, 'MARKER-nested');
      // A result that does not fit the buffer goes through the store.
      assert.equal(cu.compute('return ("MARKER"):rep(20000)').value.length, 120000);
      if (run === 2) store.compact();
      store.flush();
      store.close();
      const file = readFileSync(path);
      assert.ok(!file.includes('MARKER'), `run ${run}`);
      assert.ok(file.includes('secret'), 'keys are in the clear, and the test looks at the right bytes');
    }
  }));

  test('a plain file is encrypted, compacted and rotated', () => inFolder(async (path) => {
    const plain = FileStore.open(path);
    (await Cu.create({ module, store: plain })).compute('for i = 1, 2000 do _home[i] = "MARKER" .. i end');
    plain.close();
    const steps = [];
    const onProgress = (progress) => steps.push(progress);
    const store = EncryptedStore.encryptAll(FileStore.open(path), { key: first, onProgress });
    assert.ok(steps.length > 2 && steps[steps.length - 1].rewritten >= 2000, inspect(steps));
    assert.ok(readFileSync(path).includes('MARKER'), 'the log still has the plain values');
    store.compact();
    store.close();
    assert.ok(!readFileSync(path).includes('MARKER'));
    const rotated = EncryptedStore.open(FileStore.open(path), { key: second, olderKeys: [first] });
    rotated.rotate();
    // It is durable now: the older key can be deleted.
    const now = EncryptedStore.open(MemoryStore.fromSnapshot(rotated.snapshot()), { key: second });
    rotated.close();
    const again = EncryptedStore.open(FileStore.open(path), { key: second });
    for (const each of [now, again]) {
      assert.equal((await Cu.create({ module, store: each })).compute('return _home[2000]').value, 'MARKER2000');
    }
    again.close();
  }));

  test('a value that cannot be decrypted is an error of the script with its cause', async () => {
    const store = EncryptedStore.open(new MemoryStore(), { key: first });
    const cu = await Cu.create({ module, store });
    cu.compute('_home.a = "secret" _home.b = 1');
    const key = bytes('\x01a\0');
    const value = store.inner.get(1, key);
    value[40] ^= 1;
    store.inner.set(1, key, value);
    assert.throws(() => cu.compute('return _home.a'), (error) => {
      assert.ok(error instanceof HostError && error.cause instanceof EncryptionError);
      assert.match(error.cause.message, /^table 1, key 016100: the value is not what was encrypted here/);
      return true;
    });
    assert.equal(cu.compute('return _home.b').value, 1);
    refuses(() => cu.readHome(), 'damaged');
  });
});
