//! The cache over a server that is a map: random reads and changes, against a second map that has the changes at once.

use std::collections::BTreeMap;
use std::ops::Bound;

use cu_random::Random;

use super::*;

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

const TABLE: u32 = 7;

/// What the server answers: large values are not sent unasked.
fn page(server: &Map, after: Option<&[u8]>, descending: bool, most: usize) -> Vec<Fetched> {
    let bound = after.map_or(Bound::Unbounded, Bound::Excluded);
    let row = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), (value.len() < 5).then(|| value.clone()));
    if descending {
        server.range::<[u8], _>((Bound::Unbounded, bound)).rev().take(most).map(row).collect()
    } else {
        server.range::<[u8], _>((bound, Bound::Unbounded)).take(most).map(row).collect()
    }
}

fn walked(cache: &mut Cache, server: &Map, after: Option<&[u8]>, descending: bool, most: usize) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut at = after.map(<[u8]>::to_vec);
    loop {
        let walk = cache.walk(TABLE, at.as_deref(), descending, &mut |key| {
            found.push(key.to_vec());
            found.len() < most
        });
        let Walk::Unknown(from) = walk else { return found };
        let rows = page(server, from.as_deref(), descending, 3);
        let is_last = rows.len() < 3;
        cache.fill(TABLE, from.as_deref(), descending, rows, is_last);
        at = from;
    }
}

fn listed(map: &Map, after: Option<&[u8]>, descending: bool, most: usize) -> Vec<Vec<u8>> {
    page(map, after, descending, most).into_iter().map(|(key, _)| key).collect()
}

fn apply(server: &mut Map, writes: &Writes<'_>) {
    if writes.cleared.contains(&TABLE) {
        server.clear();
    }
    writes.set.iter().for_each(|(_, key, value)| drop(server.insert(key.to_vec(), value.to_vec())));
    writes.deleted.iter().for_each(|(_, key)| drop(server.remove(*key)));
}

#[test]
fn what_is_known_is_what_is_there() {
    for round in 0..400 {
        let mut random = Random::from_environment(round);
        let mut cache = Cache::default();
        let mut server = Map::new();
        for _ in 0..random.below(30) {
            server.insert(vec![random.below(40) as u8], vec![1; random.below(9)]);
        }
        let mut now = server.clone();
        for step in 0..120 {
            let key = vec![random.below(40) as u8];
            let at = format!("round {round}, step {step}, key {key:?}");
            match random.below(13) {
                0..3 => {
                    let value = vec![step as u8; random.below(9)];
                    cache.set(TABLE, &key, &value);
                    now.insert(key, value);
                }
                3..5 => {
                    cache.delete(TABLE, &key);
                    now.remove(&key);
                }
                5..7 => {
                    if cache.get(TABLE, &key) == Found::Unknown {
                        cache.fill_value(TABLE, &key, server.get(&key).cloned());
                    }
                    let expected = now.get(&key).map_or(Found::Absent, |value| Found::Value(value));
                    assert_eq!(cache.get(TABLE, &key), expected, "{at}");
                }
                7..10 => {
                    let after = (!random.one_in(3)).then_some(&key[..]);
                    let (descending, most) = (random.one_in(2), 1 + random.below(12));
                    let found = walked(&mut cache, &server, after, descending, most);
                    assert_eq!(found, listed(&now, after, descending, most), "{at}, {descending}, {most}");
                }
                10 => {
                    if cache.size(TABLE).is_none() {
                        for key in cache.blind(TABLE) {
                            cache.fill_before(TABLE, &key, server.contains_key(&key));
                        }
                        cache.fill_size(TABLE, server.len() as u64);
                    }
                    assert_eq!(cache.size(TABLE), Some(now.len() as u64), "{at}");
                }
                11 => match random.below(4) {
                    0 => {
                        cache.clear(TABLE);
                        now.clear();
                    }
                    1 => {
                        cache.undo();
                        now = server.clone();
                    }
                    _ => {
                        apply(&mut server, &cache.writes());
                        cache.keep();
                        assert_eq!(server, now, "{at}");
                    }
                },
                _ => cache.shrink_to(if random.one_in(2) { 0 } else { 2000 }),
            }
        }
    }
}
