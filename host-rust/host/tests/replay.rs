//! Recordings that are cut, damaged or cannot be written, and traps: nothing is lost without an error that says where.

mod faulty;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use cu_abi::recording::{Chain, Entry, FILE_HEAD_BYTES, HEAD_BYTES, Head, checksum, file_head};
use cu_host::replay::{Recorder, ReplayError, ReplayOptions, Replayed, replay};
use cu_host::{Args, Engine, Error, Instance, MODULE, MemoryStore, Module, Options, SharedStore, Store, Value};

/// Bytes that a recorder writes, until so many writes are over.
#[derive(Clone)]
struct Bytes {
    written: Arc<Mutex<Vec<u8>>>,
    writes: Arc<Mutex<usize>>,
}

impl Bytes {
    fn failing_after(writes: usize) -> Bytes {
        Bytes { written: Arc::default(), writes: Arc::new(Mutex::new(writes)) }
    }

    fn new() -> Bytes {
        Bytes::failing_after(usize::MAX)
    }

    fn all(&self) -> Vec<u8> {
        self.written.lock().unwrap().clone()
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut left = self.writes.lock().unwrap();
        *left = left.checked_sub(1).ok_or_else(|| io::Error::other("the disk is full"))?;
        self.written.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn options(bytes: &Bytes) -> Options {
    Options { clock: Some(Box::new(|| 1000.0)), record: Some(Recorder::new(bytes.clone())), ..Options::default() }
        .function("double", |args: Args| args.at(0).as_i64().map(|number| number * 2).ok_or("no number"))
}

fn module() -> Module {
    Module::new(MODULE).unwrap()
}

/// A short session, and its store.
fn small(module: &Module) -> (Vec<u8>, SharedStore<MemoryStore>) {
    let bytes = Bytes::new();
    let store = SharedStore::new(MemoryStore::default());
    let mut instance = Instance::new(module, store.clone(), options(&bytes)).unwrap();
    instance.compute("_home.a = { 1, 'x' } return os.time(), host.double(1), #_home.a").unwrap();
    instance.memory_stats().unwrap();
    assert!(instance.compute("print('p') error('no')").is_err());
    instance.compute("_home.a[1] = nil _home.b = 2").unwrap();
    drop(instance);
    (bytes.all(), store)
}

fn rows(store: &mut dyn Store) -> Vec<(u32, Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    let mut table = store.next_table(None).unwrap();
    while let Some(id) = table {
        let mut keys = Vec::new();
        store
            .keys(id, None, false, &mut |key| {
                keys.push(key.to_vec());
                true
            })
            .unwrap();
        for key in keys {
            let value = store.get(id, &key).unwrap().unwrap().into_owned();
            rows.push((id, key, value));
        }
        table = store.next_table(Some(id)).unwrap();
    }
    rows
}

/// The bodies of the entries, each with where its entry ends.
fn bodies(recording: &[u8]) -> Vec<(Vec<u8>, usize)> {
    let mut all = Vec::new();
    let (mut chain, mut at) = (Chain::default(), FILE_HEAD_BYTES);
    while let Some(head) = recording.get(at..).and_then(|rest| rest.first_chunk::<HEAD_BYTES>()) {
        let Head { length, .. } = chain.read(head).unwrap();
        let start = at + HEAD_BYTES;
        at = start + length as usize;
        all.push((recording[start..at].to_vec(), at));
    }
    all
}

/// A recording of these bodies, with checksums that fit.
fn sealed<'a>(bodies: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut chain = Chain::default();
    let mut all = file_head().to_vec();
    for body in bodies {
        all.extend(chain.head(Head { length: body.len() as u32, checksum: checksum(0, body) }));
        all.extend(body);
    }
    all
}

#[test]
fn a_replay_leaves_the_same_store_and_counts() {
    let module = module();
    let (recording, store) = small(&module);
    let mut replayed = MemoryStore::default();
    let mut outputs = Vec::new();
    let options = ReplayOptions {
        store: Some(&mut replayed),
        on_compute: Some(Box::new(|compute| outputs.push(compute.response().unwrap()))),
        ..ReplayOptions::default()
    };
    let figures = replay(&module, &recording[..], options).unwrap();
    assert_eq!((figures.computes, figures.calls, figures.whole), (3, 7, true));
    assert_eq!(outputs[0].as_ref().unwrap().values, [1.into(), 2.into(), 2.into()]);
    assert!(outputs[1].as_ref().unwrap_err().starts_with(b"compute:1: no"));
    assert_eq!(rows(&mut replayed), rows(&mut *store.turn().unwrap()));
    assert!(!rows(&mut replayed).is_empty());
}

#[test]
fn every_cut_is_an_error_that_says_where_the_recording_ends() {
    let module = module();
    let (recording, _) = small(&module);
    let entries = bodies(&recording);
    for length in 0..recording.len() {
        let inside = entries.iter().position(|(_, end)| *end > length).unwrap();
        let whole = &entries[..inside];
        let offset = whole.last().map_or(if length < FILE_HEAD_BYTES { 0 } else { FILE_HEAD_BYTES }, |(_, end)| *end);
        let returns = whole.iter().filter(|(body, _)| matches!(Entry::read(body), Ok(Entry::Return { .. }))).count();
        match replay(&module, &recording[..length], ReplayOptions::default()) {
            Err(ReplayError::Cut { entry, offset: start, end, replayed }) => {
                assert_eq!((entry, start, end), (inside as u64, offset as u64, length as u64));
                assert_eq!((replayed.calls, replayed.whole), (returns as u64, false));
            }
            other => panic!("{length}: {other:?}"),
        }
        let unfinished = ReplayOptions { unfinished: true, ..ReplayOptions::default() };
        match replay(&module, &recording[..length], unfinished) {
            Ok(replayed) => assert!(inside > 0 && replayed.calls == returns as u64),
            Err(error) => assert!(inside == 0, "{length}: {error}"),
        }
    }
}

#[test]
fn every_changed_byte_is_seen() {
    let module = module();
    let (recording, _) = small(&module);
    let entries = bodies(&recording);
    for at in 0..recording.len() {
        let mut changed = recording.clone();
        changed[at] ^= 1 << (at % 8);
        let wanted = entries.iter().position(|(_, end)| *end > at).unwrap() as u64;
        match replay(&module, &changed[..], ReplayOptions::default()) {
            Err(ReplayError::NoRecording) => assert!(at < 6),
            Err(ReplayError::Version(_)) => assert_eq!(at, 6),
            Err(ReplayError::Entry { entry, problem, .. }) => {
                assert_eq!(entry, wanted, "byte {at}");
                assert!(problem.contains("damaged"), "{problem}");
            }
            other => panic!("byte {at}: {other:?}"),
        }
    }
}

#[test]
fn other_bytes_with_checksums_that_fit_are_a_divergence_or_do_not_matter() {
    for engine in Engine::ALL {
        let module = Module::with_engine(*engine, MODULE).unwrap();
        let (recording, _) = small(&module);
        let entries = bodies(&recording);
        let mut divergences = 0;
        for (number, (body, _)) in entries.iter().enumerate() {
            for at in 0..body.len() {
                let mut changed = body.clone();
                changed[at] ^= 0x11;
                let other = entries.iter().enumerate();
                let all = sealed(other.map(|(place, (body, _))| if place == number { &changed[..] } else { body }));
                match replay(&module, &all[..], ReplayOptions::default()) {
                    Ok(Replayed { whole, .. }) => {
                        let sent = match Entry::read(body).unwrap() {
                            Entry::Import(import) => {
                                let sent_end = 22 + import.key.len() + import.value.len();
                                at < 10 || (14..sent_end).contains(&at)
                            }
                            Entry::Call { .. } => false,
                            Entry::Module { .. } => at <= 32,
                            _ => true,
                        };
                        assert!(whole && !sent, "entry {number}, byte {at}");
                    }
                    Err(ReplayError::Divergence(divergence)) => {
                        assert!(divergence.entry >= number as u64);
                        divergences += 1;
                    }
                    Err(ReplayError::Entry { entry, .. } | ReplayError::Cut { entry, .. }) => {
                        assert!(entry >= number as u64);
                    }
                    Err(ReplayError::Module { .. }) => assert_eq!(number, 0),
                    Err(other) => panic!("entry {number}, byte {at}: {other:?}"),
                }
            }
        }
        assert!(divergences > 300, "{divergences}");
    }
}

#[test]
fn entries_that_are_left_out_or_doubled_are_errors() {
    let module = module();
    let (recording, _) = small(&module);
    let entries = bodies(&recording);
    for number in 0..entries.len() {
        let body = &entries[number].0[..];
        let (before, after) = entries.split_at(number);
        let bodies = |all: &'_ [(Vec<u8>, usize)]| all.iter().map(|(body, _)| body.clone()).collect::<Vec<_>>();
        let without = [bodies(before), bodies(&after[1..])].concat();
        let doubled = [bodies(before), vec![body.to_vec()], bodies(after)].concat();
        for changed in [without, doubled] {
            let all = sealed(changed.iter().map(|body| &body[..]));
            match replay(&module, &all[..], ReplayOptions::default()) {
                Err(ReplayError::Divergence(_) | ReplayError::Entry { .. } | ReplayError::Cut { .. }) => {}
                other => panic!("entry {number}: {other:?}"),
            }
        }
    }
}

/// A program that goes on although its recording has a gap would have changes that no replay makes.
#[test]
fn a_recording_that_cannot_be_written_ends_the_instance_and_undoes_the_call() {
    let module = module();
    let mut failures = 0;
    for writes in 0.. {
        let bytes = Bytes::failing_after(writes);
        let store = SharedStore::new(MemoryStore::default());
        let mut kept = 0;
        let failed = (|| {
            let mut instance = Instance::new(&module, store.clone(), options(&bytes))?;
            for number in 1..=2 {
                match instance.compute(format!("_home.n = {number} return host.double(_home.n)")) {
                    Ok(_) => kept = number,
                    Err(error) => {
                        assert!(instance.is_dead());
                        assert!(matches!(instance.compute("return 1"), Err(Error::Dead(_))));
                        return Err(error);
                    }
                }
            }
            instance.end_recording()
        })();
        let value = store.turn().unwrap().get(1, &Value::from("n").encode_key().unwrap()).unwrap().map(Vec::from);
        assert_eq!(value, (kept > 0).then(|| Value::from(kept).encode().unwrap()), "{writes} writes");
        let all = bytes.all();
        match failed {
            Ok(()) => {
                assert!(replay(&module, &all[..], ReplayOptions::default()).unwrap().whole);
                break;
            }
            Err(Error::Recording(cause)) => assert_eq!(cause.to_string(), "the disk is full"),
            Err(other) => panic!("{writes} writes: {other:?}"),
        }
        failures += 1;
        match replay(&module, &all[..], ReplayOptions::default()) {
            Err(ReplayError::Cut { replayed, .. }) => assert!(replayed.computes >= kept as u64),
            other => panic!("{writes} writes: {other:?}"),
        }
    }
    assert!(failures > 20, "{failures}");
}

#[test]
fn a_trap_is_recorded_and_its_changes_are_not_kept() {
    for engine in Engine::ALL {
        let module = Module::with_engine(*engine, &wat::parse_str(include_str!("stand_in.wat")).unwrap()).unwrap();
        // Stores the byte of the key, `k`, under itself in table 7, and traps in the second case.
        let data = 65_536 + 22_u32;
        let import = |letter: u8| {
            let mut code = vec![letter, 0];
            [7, data, 1, data, 1].iter().for_each(|argument: &u32| code.extend(argument.to_le_bytes()));
            code.push(b'k');
            code
        };
        let bytes = Bytes::new();
        let store = SharedStore::new(MemoryStore::default());
        let mut instance = Instance::new(&module, store.clone(), options(&bytes)).unwrap();
        let mut second = import(b'B');
        *second.last_mut().unwrap() = b'l';
        instance.compute(import(b'I')).unwrap();
        assert!(matches!(instance.compute(&second), Err(Error::Trap(_))));
        assert!(matches!(instance.compute("R"), Err(Error::Dead(_))));
        drop(instance);
        let mut replayed = MemoryStore::default();
        let options = ReplayOptions { store: Some(&mut replayed), ..ReplayOptions::default() };
        let figures = replay(&module, &bytes.all()[..], options).unwrap();
        assert_eq!((figures.computes, figures.whole), (2, true));
        assert_eq!(rows(&mut replayed), [(7, b"k".to_vec(), b"k".to_vec())]);
        assert_eq!(rows(&mut *store.turn().unwrap()), rows(&mut replayed));

        // Without the trap it is another run.
        let entries = bodies(&bytes.all());
        let changed: Vec<&[u8]> = entries
            .iter()
            .map(|(body, _)| if body[0] == 3 { &[2, 0, 0, 0, 0][..] } else { body })
            .filter(|body| body[0] != 5)
            .collect();
        match replay(&module, &sealed(changed)[..], ReplayOptions::default()) {
            Err(ReplayError::Divergence(divergence)) => assert!(divergence.came.starts_with("a trap"), "{divergence}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn another_module_is_refused_by_its_name() {
    let stand_in = Module::new(&wat::parse_str(include_str!("stand_in.wat")).unwrap()).unwrap();
    let (recording, _) = small(&module());
    let error = replay(&stand_in, &recording[..], ReplayOptions::default()).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the recording is of another module: cu "), "{text}");
    assert!(text.contains(" with bigint, data, deflate, SHA-256 ") && text.contains("; this one is cu "), "{text}");
}
