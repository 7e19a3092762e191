//! Measures stores: `cargo run --release -p cu-stores --example stores -- memory: home.redb postgres://... etcd://...`
//!
//! Each line is a name, a value and a unit.

use std::time::Instant;

use cu_host::{Error, Instance, MODULE, Module, Options, Store};

/// How long each thing is measured.
const SECONDS: f64 = 1.0;

fn measure(name: &str, what: &str, mut act: impl FnMut(u32) -> Result<u32, Error>) -> Result<(), Error> {
    let (began, mut done, mut round) = (Instant::now(), 0, 0);
    while began.elapsed().as_secs_f64() < SECONDS {
        done += act(round)?;
        round += 1;
    }
    println!("{name}.{what} {:.0} 1/s", f64::from(done) / began.elapsed().as_secs_f64());
    Ok(())
}

fn key(number: u32) -> [u8; 4] {
    number.wrapping_mul(0x9e37_79b1).to_be_bytes()
}

fn store(name: &str, store: &mut dyn Store) -> Result<(), Error> {
    const ROWS: u32 = 10_000;
    let value = [7; 100];
    measure(name, "writes_in_units_of_1000", |round| {
        store.begin()?;
        (0..1000).try_for_each(|number| store.set(100, &key((round * 1000 + number) % ROWS), &value))?;
        store.commit()?;
        Ok(1000)
    })?;
    measure(name, "units_of_one_write", |round| {
        store.begin()?;
        store.set(101, &key(round % ROWS), &value)?;
        store.commit()?;
        Ok(1)
    })?;
    measure(name, "units_of_one_read", |round| {
        store.begin()?;
        store.get(100, &key(round % ROWS))?;
        store.commit()?;
        Ok(1)
    })
}

fn main() -> Result<(), Error> {
    let module = Module::new(MODULE)?;
    for url in std::env::args().skip(1) {
        // A path, with or without its scheme, is a file of redb.
        let scheme = url.split_once(':').map_or("redb", |(scheme, _)| scheme).to_owned();
        let name = if scheme.len() == 1 { "redb".to_owned() } else { scheme };
        store(&name, &mut *cu_stores::open(&url)?)?;
        let mut opened = cu_stores::open(&url)?;
        let began = Instant::now();
        let mut rows = 0_u32;
        opened.begin()?;
        let mut keys = Vec::new();
        opened.keys(100, None, false, &mut |key| {
            keys.push(key.to_vec());
            true
        })?;
        for key in &keys {
            rows += u32::from(opened.get(100, key)?.is_some());
        }
        opened.commit()?;
        // Of a store in memory nothing is left.
        if rows > 0 {
            println!("{name}.rows_of_a_cold_scan {:.0} 1/s", f64::from(rows) / began.elapsed().as_secs_f64());
        }
        let mut instance = Instance::new(&module, opened, Options::default())?;
        measure(&name, "computes_that_write", |_| instance.compute("_home.n = (_home.n or 0) + 1").map(|_| 1))?;
        measure(&name, "computes_that_read", |_| instance.compute("return _home.n").map(|_| 1))?;
    }
    Ok(())
}
