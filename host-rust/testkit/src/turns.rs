//! The clauses of the contract that several handles keep, each over a new store.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cu_host::Store;
use cu_host::store::BUSY;

use crate::place::Place;
use crate::{keys, value};

type Clause = (&'static str, fn(&Place));

pub const CLAUSES: &[Clause] = &[
    ("a handle sees at once what another one kept", seen),
    ("what is undone is never seen", undone),
    ("who comes second waits, or is told that the store is busy", waiting),
    ("between the units of a held turn nobody comes", held),
    ("a handle that is lost in its unit frees the turn", lost),
];

const A: u32 = 7;
/// Long enough for another thread to do what it should not.
const A_WHILE: Duration = Duration::from_millis(60);

fn seen(place: &Place) {
    let (mut first, mut second) = (place.open(), place.open());
    for round in 0..4_u8 {
        // Everything that a handle could remember: a value, an absence, a page, a size, the list of tables, the version.
        let [writer, reader] = if round % 2 == 0 { [&mut first, &mut second] } else { [&mut second, &mut first] };
        let before = reader.version().unwrap();
        assert_eq!(value(&mut **reader, A, &[round]), None);
        assert_eq!(keys(&mut **reader, A, None, false, 99).len(), usize::from(round));
        assert_eq!(reader.size(A), Ok(u32::from(round)));
        assert!(reader.next_table(Some(A)).is_ok_and(|next| next.is_none()) || round > 0);
        writer.begin().unwrap();
        writer.set(A, &[round], &[round]).unwrap();
        writer.set(A, b"last", &[round]).unwrap();
        writer.delete(A, b"last").unwrap();
        writer.set(A + 1, b"round", &[round]).unwrap();
        writer.commit().unwrap();
        assert_eq!(value(&mut **reader, A, &[round]), Some(vec![round]));
        assert_eq!(value(&mut **reader, A + 1, b"round"), Some(vec![round]));
        assert_eq!(keys(&mut **reader, A, None, true, 99).len(), usize::from(round) + 1);
        assert_eq!(reader.size(A), Ok(u32::from(round) + 1));
        assert_ne!(reader.version(), Ok(before), "the version tells that somebody else changed the store");
        assert_eq!(reader.version(), writer.version());
    }
}

fn undone(place: &Place) {
    let (mut first, mut second) = (place.open(), place.open());
    first.set(A, b"k", b"kept").unwrap();
    if !first.can_roll_back() {
        return;
    }
    let version = second.version().unwrap();
    first.begin().unwrap();
    first.set(A, b"k", b"undone").unwrap();
    first.set(A, b"l", b"undone").unwrap();
    assert!(first.roll_back());
    assert_eq!(value(&mut *second, A, b"k").as_deref(), Some(&b"kept"[..]));
    assert_eq!((second.size(A), second.version()), (Ok(1), Ok(version)));
}

/// Takes a turn, and changes the store on another thread while `act` works: `act` must not see it, and then it comes through or
/// was refused.
fn meanwhile(place: &Place, take: impl FnOnce(&mut dyn Store), act: impl FnOnce(&mut dyn Store)) {
    let mut first = place.open();
    take(&mut *first);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|threads| {
        threads.spawn(move || sender.send(place.open().set(A, b"k", b"second")).unwrap());
        act(&mut *first);
        match receiver.recv().unwrap() {
            Ok(()) => assert_eq!(value(&mut *first, A, b"k").as_deref(), Some(&b"second"[..])),
            Err(error) => assert_eq!(error.code, BUSY, "{error}"),
        }
    });
}

fn waiting(place: &Place) {
    let take = |first: &mut dyn Store| {
        first.begin().unwrap();
        first.set(A, b"k", b"first").unwrap();
    };
    meanwhile(place, take, |first| {
        thread::sleep(A_WHILE);
        assert_eq!(value(first, A, b"k").as_deref(), Some(&b"first"[..]));
        first.commit().unwrap();
    });
}

fn held(place: &Place) {
    meanwhile(
        place,
        |first| first.hold().unwrap(),
        |first| {
            for unit in 0..4_u8 {
                first.set(A, b"k", &[unit]).unwrap();
                thread::sleep(A_WHILE / 4);
                assert_eq!(value(first, A, b"k"), Some(vec![unit]), "another handle came in between");
            }
            first.release();
        },
    );
}

fn lost(place: &Place) {
    let mut first = place.open();
    first.set(A, b"k", b"before").unwrap();
    if !first.can_roll_back() {
        return;
    }
    let panic = thread::scope(|threads| {
        let panicking = threads.spawn(|| {
            let mut lost = place.open();
            lost.begin().unwrap();
            lost.set(A, b"k", b"lost").unwrap();
            panic!("the thread panics in its unit");
        });
        panicking.join()
    });
    assert!(panic.is_err());
    assert_eq!(value(&mut *first, A, b"k").as_deref(), Some(&b"before"[..]));
    first.set(A, b"k", b"after").unwrap();
}
