//! The clauses of the contract that one handle keeps, each over a new store.

use cu_host::Store;
use cu_host::store::NO_LIST;

use crate::place::Place;
use crate::{keys, value};

type Clause = (&'static str, fn(&Place));

pub const CLAUSES: &[Clause] = &[
    ("a value is what was stored last", values),
    ("keys and values may be empty, long, and of any bytes", bytes),
    ("keys are listed in the order of their bytes, in both directions, after any key", order),
    ("long keys with a common beginning are keys like others", long_keys),
    ("a table has as many keys as it says, and tables with keys are listed", tables),
    ("a table can be emptied", clearing),
    ("a table that is emptied stays so, whatever is read beside it", clearing_beside),
    ("a unit shows its changes at once, and keeps them all", kept_units),
    ("a unit that is rolled back leaves nothing", undone_units),
    ("within a unit, keys are listed with its changes", units_list),
    ("units do not nest, and one that ended has ended", nesting),
    ("the version counts units that changed something", versions),
    ("a turn that is held outlives units", holding),
    ("a store that is dropped in a unit keeps nothing of it", dropped),
    ("many rows in one unit are all kept", large_units),
    ("a visitor may panic", panicking),
];

const A: u32 = 7;
const B: u32 = 8;

fn values(place: &Place) {
    let mut store = place.open();
    let store = &mut *store;
    assert_eq!(value(store, A, b"k"), None, "an unknown table is an empty one");
    store.set(A, b"k", b"1").unwrap();
    store.set(A, b"k", b"2").unwrap();
    store.set(B, b"k", b"other table").unwrap();
    assert_eq!(value(store, A, b"k").as_deref(), Some(&b"2"[..]));
    store.delete(A, b"k").unwrap();
    store.delete(A, b"k").unwrap();
    store.delete(A, b"never there").unwrap();
    assert_eq!(value(store, A, b"k"), None);
    assert_eq!(value(store, B, b"k").as_deref(), Some(&b"other table"[..]));
}

fn bytes(place: &Place) {
    let mut store = place.open();
    let all: Vec<u8> = (0..=255).collect();
    let cases: [(&[u8], Vec<u8>); 6] = [
        (b"", b"under the empty key".to_vec()),
        (b"empty", Vec::new()),
        (b"\0", b"\0".to_vec()),
        (b"%_\\'\"\n", all.repeat(3)),
        (&all, all.clone()),
        (b"large", all.repeat(4096)),
    ];
    for (key, content) in &cases {
        store.set(A, key, content).unwrap();
    }
    for is_reopened in [false, true] {
        for (key, content) in &cases {
            assert!(
                value(&mut *store, A, key).as_ref() == Some(content),
                "the value of {key:?}, reopened: {is_reopened}"
            );
        }
        place.reopen(&mut store);
    }
    // The same where no point read came first: from a page, and from what was written.
    assert_eq!(keys(&mut *store, A, None, false, 99).len(), cases.len());
    store.set(A, b"empty", b"").unwrap();
    for (key, content) in &cases {
        assert!(value(&mut *store, A, key).as_ref() == Some(content), "the value of {key:?}, after a page");
    }
}

fn order(place: &Place) {
    let mut store = place.open();
    let all: [&[u8]; 9] = [b"", b"\0", b"\0\0", b"\x01", b"A", b"a", b"ab", b"b", b"\xff\xff"];
    for key in [7, 2, 0, 5, 8, 1, 3, 6, 4] {
        store.set(A, all[key], b"v").unwrap();
    }
    store.set(A - 1, b"another table before", b"v").unwrap();
    store.set(B, b"another table behind", b"v").unwrap();
    let between: [&[u8]; 5] = [b"\0\0\0", b"aa", b"ac", b"\xff", b"\xff\xff\xff"];
    for _ in 0..2 {
        let store_ = &mut *store;
        for descending in [false, true] {
            let order = |keys: &mut Vec<Vec<u8>>| {
                if descending {
                    keys.reverse()
                }
            };
            for after in all.iter().chain(&between).map(|key| Some(*key)).chain([None]) {
                let is_after =
                    |key: &&&[u8]| after.is_none_or(|after| if descending { **key < after } else { **key > after });
                let mut expected: Vec<Vec<u8>> = all.iter().filter(is_after).map(|key| key.to_vec()).collect();
                order(&mut expected);
                let found = keys(store_, A, after, descending, usize::MAX);
                assert_eq!(found, expected, "after {after:?}, descending: {descending}");
                expected.truncate(2);
                assert_eq!(
                    keys(store_, A, after, descending, 2),
                    expected,
                    "two after {after:?}, descending: {descending}"
                );
            }
        }
        place.reopen(&mut store);
    }
}

fn long_keys(place: &Place) {
    let mut store = place.open();
    let mut all = Vec::new();
    for length in [100, 1999, 2000, 2001, 4095, 4096] {
        for last in [0, 7, 255] {
            let mut key = vec![9; length];
            *key.last_mut().unwrap() = last;
            all.push(key);
        }
    }
    // The order of the middle byte is not that of the whole in what is left behind a common beginning.
    for middle in [3, 200, 11, 90] {
        let mut key = vec![9; 4096];
        key[3000] = middle;
        all.push(key);
    }
    for (number, key) in all.iter().enumerate() {
        store.set(A, key, &number.to_be_bytes()).unwrap();
    }
    place.reopen(&mut store);
    let mut sorted = all.clone();
    sorted.sort();
    for page in [usize::MAX, 3] {
        for descending in [false, true] {
            let (mut found, mut after) = (Vec::new(), None::<Vec<u8>>);
            loop {
                let more = keys(&mut *store, A, after.as_deref(), descending, page);
                let Some(last) = more.last() else { break };
                after = Some(last.clone());
                found.extend(more);
            }
            if descending {
                found.reverse();
            }
            assert!(found == sorted, "pages of {page}, descending: {descending}");
            place.reopen(&mut store);
        }
    }
    for (number, key) in all.iter().enumerate() {
        assert!(value(&mut *store, A, key).as_deref() == Some(&number.to_be_bytes()), "a key of {} bytes", key.len());
        store.delete(A, key).unwrap();
    }
    assert_eq!(store.size(A), Ok(0));
}

fn tables(place: &Place) {
    let mut store = place.open();
    let ids = [1, 2, 255, 256, 65_536, 0x7fff_ffff, 0x8000_0000, 0xff00_0001, u32::MAX];
    for (count, id) in ids.iter().enumerate() {
        for key in 0..=count as u8 {
            store.set(*id, &[key], b"v").unwrap();
        }
    }
    place.reopen(&mut store);
    for (count, id) in ids.iter().enumerate() {
        assert_eq!(store.size(*id), Ok(count as u32 + 1), "the size of {id}");
    }
    assert_eq!(store.size(3), Ok(0));
    store.set(1, &[0], b"again").unwrap();
    store.set(1, &[1], b"new").unwrap();
    store.delete(2, &[0]).unwrap();
    store.delete(2, &[9]).unwrap();
    assert_eq!((store.size(1), store.size(2)), (Ok(2), Ok(1)));
    let listed = |store: &mut dyn Store| {
        let (mut found, mut after) = (Vec::new(), None);
        while let Some(id) = store.next_table(after)? {
            found.push(id);
            after = Some(id);
        }
        Ok::<_, cu_host::StoreError>(found)
    };
    match listed(&mut *store) {
        Err(error) if error.code == NO_LIST => return,
        found => assert_eq!(found, Ok(ids.to_vec())),
    }
    assert_eq!(store.next_table(Some(3)), Ok(Some(255)));
    store.begin().unwrap();
    store.delete(2, &[1]).unwrap();
    store.set(4, b"k", b"v").unwrap();
    let mut expected = ids.to_vec();
    expected[1] = 4;
    assert_eq!(listed(&mut *store), Ok(expected), "with what the unit emptied and filled");
    store.commit().unwrap();
    assert_eq!(store.next_table(Some(1)), Ok(Some(4)));
}

fn clearing(place: &Place) {
    let mut store = place.open();
    let fill = |store: &mut dyn Store| (0..100_u8).for_each(|key| store.set(A, &[key], b"v").unwrap());
    fill(&mut *store);
    store.set(B, b"k", b"stays").unwrap();
    store.clear(A).unwrap();
    assert_eq!((store.size(A), store.size(B)), (Ok(0), Ok(1)));
    assert!(keys(&mut *store, A, None, false, 9).is_empty());
    assert_eq!(value(&mut *store, A, &[7]), None);
    fill(&mut *store);
    store.begin().unwrap();
    store.set(A, b"before", b"v").unwrap();
    store.clear(A).unwrap();
    store.set(A, &[7], b"after").unwrap();
    assert_eq!(keys(&mut *store, A, None, true, 9), [[7]]);
    store.commit().unwrap();
    place.reopen(&mut store);
    assert_eq!((keys(&mut *store, A, None, false, 9), store.size(A)), (vec![vec![7]], Ok(1)));
    assert_eq!(value(&mut *store, A, &[7]).as_deref(), Some(&b"after"[..]));
}

fn clearing_beside(place: &Place) {
    let tables = [1, 2, 3, A, B, 100, 0x8000_0000, 0x8000_0001, 0x8000_0005];
    for emptied in tables {
        let mut store = place.open();
        tables.iter().for_each(|table| store.set(*table, b"k", b"v").unwrap());
        place.reopen(&mut store);
        store.begin().unwrap();
        store.clear(emptied).unwrap();
        for other in tables.into_iter().filter(|other| *other != emptied) {
            assert_eq!(value(&mut *store, other, b"none"), None);
            assert_eq!(keys(&mut *store, other, None, false, 9), [b"k"]);
        }
        let is_gone = |store: &mut dyn Store| {
            keys(store, emptied, None, false, 9).is_empty()
                && keys(store, emptied, None, true, 9).is_empty()
                && (value(store, emptied, b"k"), store.size(emptied)) == (None, Ok(0))
        };
        assert!(is_gone(&mut *store), "table {emptied} in its unit");
        store.commit().unwrap();
        assert!(is_gone(&mut *store), "table {emptied} after its unit");
        place.reopen(&mut store);
        assert!(is_gone(&mut *store), "table {emptied} for the next one");
    }
}

fn kept_units(place: &Place) {
    let mut store = place.open();
    store.set(A, b"old", b"1").unwrap();
    store.begin().unwrap();
    store.set(A, b"new", b"2").unwrap();
    store.set(A, b"old", b"3").unwrap();
    assert_eq!(value(&mut *store, A, b"old").as_deref(), Some(&b"3"[..]));
    store.delete(A, b"old").unwrap();
    assert_eq!((value(&mut *store, A, b"old"), store.size(A)), (None, Ok(1)));
    store.commit().unwrap();
    place.reopen(&mut store);
    assert_eq!(value(&mut *store, A, b"new").as_deref(), Some(&b"2"[..]));
    assert_eq!((value(&mut *store, A, b"old"), store.size(A)), (None, Ok(1)));
    assert!(!store.roll_back(), "there is no unit");
    assert_eq!(store.size(A), Ok(1));
}

fn undone_units(place: &Place) {
    let mut store = place.open();
    for key in 0..50_u8 {
        store.set(A, &[key], &[key]).unwrap();
    }
    store.set(B, b"k", b"v").unwrap();
    if !store.can_roll_back() {
        store.begin().unwrap();
        assert!(!store.roll_back(), "a store that cannot undo says so");
        return;
    }
    store.begin().unwrap();
    store.set(A, &[1], b"changed").unwrap();
    store.set(A, b"new", b"v").unwrap();
    store.delete(A, &[2]).unwrap();
    store.delete(A, b"new").unwrap();
    store.clear(B).unwrap();
    store.set(9, b"new table", b"v").unwrap();
    assert!(store.roll_back(), "changes were undone");
    for _ in 0..2 {
        assert_eq!((store.size(A), store.size(B), store.size(9)), (Ok(50), Ok(1), Ok(0)));
        for key in 0..50_u8 {
            assert_eq!(value(&mut *store, A, &[key]), Some(vec![key]));
        }
        assert_eq!(keys(&mut *store, A, None, false, 99).len(), 50);
        assert_eq!(value(&mut *store, B, b"k").as_deref(), Some(&b"v"[..]));
        place.reopen(&mut store);
    }
    store.begin().unwrap();
    assert_eq!(value(&mut *store, A, &[1]), Some(vec![1]));
    assert!(!store.roll_back(), "a unit that changed nothing undoes nothing");
}

fn units_list(place: &Place) {
    let mut store = place.open();
    for key in (0..200_u8).step_by(2) {
        store.set(A, &[key], b"v").unwrap();
    }
    store.begin().unwrap();
    // Without a read before, in the middle of one, and behind the end.
    store.set(A, &[101], b"v").unwrap();
    store.delete(A, &[100]).unwrap();
    store.set(A, &[255], b"v").unwrap();
    let mut seen = 0;
    let mut after = None;
    while let Some(key) = keys(&mut *store, A, after.as_deref(), false, 1).pop() {
        seen += 1;
        // Each row is deleted when it has been seen, and one is added behind it.
        store.delete(A, &key).unwrap();
        if key.len() == 1 && key[0] % 4 == 0 {
            store.set(A, &[key[0], 1], b"v").unwrap();
        }
        after = Some(key);
    }
    assert_eq!(seen, 101 + 49, "rows, and rows that were added behind them");
    assert_eq!(store.size(A), Ok(0));
    store.commit().unwrap();
    assert_eq!((keys(&mut *store, A, None, false, 9).len(), store.size(A)), (0, Ok(0)));
}

fn nesting(place: &Place) {
    let mut store = place.open();
    store.begin().unwrap();
    if !store.can_roll_back() {
        return;
    }
    store.set(A, b"k", b"v").unwrap();
    assert!(store.begin().is_err(), "a second unit is refused");
    store.commit().unwrap();
    store.commit().unwrap();
    assert!(!store.roll_back());
    assert_eq!(store.size(A), Ok(1), "the refusal ended nothing");
}

fn versions(place: &Place) {
    let mut store = place.open();
    store.set(A, b"k", b"v").unwrap();
    let first = store.version().unwrap();
    if first == 0 {
        return;
    }
    let counts = |store: &mut Box<dyn Store>, more: u64, why: &str| {
        assert_eq!(store.version(), Ok(first + more), "{why}");
    };
    store.delete(A, b"absent").unwrap();
    store.clear(9).unwrap();
    counts(&mut store, 0, "nothing changed");
    store.set(A, b"l", b"v").unwrap();
    store.delete(A, b"l").unwrap();
    counts(&mut store, 2, "two changes outside of units");
    store.begin().unwrap();
    counts(&mut store, 2, "a unit that has changed nothing");
    store.set(A, b"l", b"v").unwrap();
    store.set(A, b"m", b"v").unwrap();
    counts(&mut store, 3, "the number of a unit, from its first change on");
    store.commit().unwrap();
    counts(&mut store, 3, "a unit");
    store.begin().unwrap();
    assert_eq!(value(&mut *store, A, b"l").as_deref(), Some(&b"v"[..]));
    store.commit().unwrap();
    counts(&mut store, 3, "a unit that only reads");
    if store.can_roll_back() {
        store.begin().unwrap();
        store.set(A, b"l", b"w").unwrap();
        assert!(store.roll_back());
        counts(&mut store, 3, "a unit that was undone");
    }
    place.reopen(&mut store);
    counts(&mut store, 3, "opened again");
}

fn holding(place: &Place) {
    let mut store = place.open();
    store.hold().unwrap();
    store.set(A, b"k", b"1").unwrap();
    for round in [2, 3_u8] {
        store.begin().unwrap();
        store.set(A, b"k", &[round]).unwrap();
        store.commit().unwrap();
    }
    assert_eq!(value(&mut *store, A, b"k"), Some(vec![3]));
    store.begin().unwrap();
    store.set(A, b"k", b"4").unwrap();
    if store.can_roll_back() {
        assert!(store.roll_back());
        assert_eq!(value(&mut *store, A, b"k"), Some(vec![3]));
    } else {
        store.commit().unwrap();
    }
    store.release();
    store.release();
    store.set(A, b"k", b"5").unwrap();
    store.hold().unwrap();
    store.release();
    assert_eq!(value(&mut *store, A, b"k").as_deref(), Some(&b"5"[..]));
}

fn dropped(place: &Place) {
    let mut store = place.open();
    store.set(A, b"k", b"kept").unwrap();
    if !store.can_roll_back() {
        return;
    }
    for is_held in [false, true] {
        if is_held {
            store.hold().unwrap();
        }
        store.begin().unwrap();
        store.set(A, b"k", b"lost").unwrap();
        if !place.is_lasting {
            return;
        }
        place.reopen(&mut store);
        assert_eq!(value(&mut *store, A, b"k").as_deref(), Some(&b"kept"[..]));
        store.set(A, b"l", b"the turn is free").unwrap();
    }
}

fn large_units(place: &Place) {
    const ROWS: u32 = 3000;
    let mut store = place.open();
    store.begin().unwrap();
    for number in 0..ROWS {
        store
            .set(A + number % 3, &number.to_be_bytes(), &number.to_le_bytes().repeat(1 + number as usize % 50))
            .unwrap();
    }
    store.commit().unwrap();
    place.reopen(&mut store);
    for table in A..A + 3 {
        assert_eq!(keys(&mut *store, table, None, table == A, usize::MAX).len(), ROWS as usize / 3);
    }
    store.begin().unwrap();
    for number in 0..ROWS {
        let expected = number.to_le_bytes().repeat(1 + number as usize % 50);
        assert!(value(&mut *store, A + number % 3, &number.to_be_bytes()) == Some(expected), "row {number}");
    }
    (0..ROWS).filter(|number| number % 2 == 0).for_each(|number| {
        store.delete(A + number % 3, &number.to_be_bytes()).unwrap();
    });
    store.commit().unwrap();
    place.reopen(&mut store);
    assert_eq!((A..A + 3).map(|table| store.size(table).unwrap()).sum::<u32>(), ROWS / 2);
}

fn panicking(place: &Place) {
    let mut store = place.open();
    store.set(A, b"k", b"v").unwrap();
    let visit = std::panic::AssertUnwindSafe(|| store.keys(A, None, false, &mut |_| panic!("of the visitor")));
    let panic = std::panic::catch_unwind(visit).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of the visitor"));
    // Whoever catches it goes on, or drops the store.
    place.reopen(&mut store);
    store.set(A, b"l", b"v").unwrap();
    assert_eq!(store.size(A), Ok(2));
}
