//! Scripts that move amounts between accounts, for processes that are killed.
//!
//! The log of a worker is a table in `_home.log`, under its number: unit to amount.

use cu_host::store::{CONFLICT, LOST};
use cu_host::verify::{Event, verify};
use cu_host::{Call, ComputeOptions, Error, Instance, MODULE, Module, Options, StoreError, Value};
use cu_random::Random;

use crate::place::Place;

/// What every process stores, unless it is there: the functions are stored, so they are part of what is tested.
const BANK: &str = "
    if not _home.balances then
        _home.balances, _home.log, _home.names = { 0, 0, 0, 0, 0, 0, 0, 0 }, {}, {}
        local done = 0
        function _home.move(worker, unit, from, to, amount)
            done = done + 1
            local balances = _home.balances
            balances[from] = balances[from] - amount
            balances[to] = balances[to] + amount
            _home.log[worker] = _home.log[worker] or {}
            _home.log[worker][unit] = { amount = amount, from = from, to = to, text = ('x'):rep(amount) }
            return done
        end
        function _home.done() return done end
    end";

const AUDIT: &str = "
    local sum, count, units = 0, 0, {}
    for _, balance in ipairs(_home.balances) do sum = sum + balance end
    local moved = { 0, 0, 0, 0, 0, 0, 0, 0 }
    for worker, log in pairs(_home.log) do
        for unit, entry in pairs(log) do
            count = count + 1
            units[count] = { worker, unit }
            moved[entry.from] = moved[entry.from] - entry.amount
            moved[entry.to] = moved[entry.to] + entry.amount
            assert(#entry.text == entry.amount)
        end
    end
    assert(sum == 0, 'an amount appeared or was lost')
    for n, balance in ipairs(_home.balances) do assert(balance == moved[n], 'a balance is not what was moved') end
    assert(_home.done() == count, 'the stored counter')
    return units";

/// Whether the unit may have been lost with a connection: then a new instance goes on.
fn is_of_connection(error: &Error) -> bool {
    let of = |error: &StoreError| [LOST, CONFLICT].contains(&error.code);
    match error {
        Error::Store(error) | Error::Commit(error) | Error::Host { cause: error, .. } => of(error),
        Error::Init { cause: Some(error), .. } => of(error),
        _ => false,
    }
}

fn start(module: &Module, place: &Place) -> Result<Instance, Error> {
    let mut instance = Instance::new(module, place.open(), Options::default())?;
    instance.compute(BANK)?;
    Ok(instance)
}

pub fn work(place: &Place, worker: u32) -> ! {
    let module = Module::new(MODULE).unwrap();
    let mut random = Random::from_clock();
    println!();
    let mut instance = None;
    for unit in 0_u32.. {
        let numbers = [random.below(8) as u32, 1 + random.below(7) as u32, random.below(100) as u32];
        let (from, to) = (numbers[0] + 1, (numbers[0] + numbers[1]) % 8 + 1);
        let call = Call::new("_home.move").value(worker).value(unit).value(from).value(to).value(numbers[2]);
        let options = ComputeOptions { atomic: Some(random.one_in(2)), ..ComputeOptions::default() };
        let done = match &mut instance {
            None => start(&module, place).map(|started| instance = Some(started)),
            Some(living) if random.one_in(40) => living.run_gc(),
            Some(living) => living.call_with(&call, &options).map(|_| println!("kept {worker} {unit}")),
        };
        match done {
            Ok(()) => {}
            Err(error) if is_of_connection(&error) => instance = None,
            Err(error) => panic!("{error}"),
        }
    }
    unreachable!("it is killed before that")
}

pub fn audit(place: &Place) -> Vec<(u32, u32)> {
    let module = Module::new(MODULE).unwrap();
    let mut instance = start(&module, place).unwrap();
    let answer = instance.compute(AUDIT).unwrap();
    let tables = instance.read(answer.value(), cu_host::ReadOptions::default()).unwrap();
    let number = |pair: &Value, at: i64| pair.at(at).and_then(Value::as_i64).unwrap() as u32;
    let mut units = Vec::new();
    let mut at = 1;
    while let Some(pair) = tables.value().at(at) {
        let pair = tables.follow(pair);
        units.push((number(pair, 1), number(pair, 2)));
        at += 1;
    }
    drop(instance);
    let mut found = Vec::new();
    let report = verify(&mut *place.open(), false, &mut |event| {
        if let Event::Found(finding) = event {
            found.push(finding.to_string());
        }
    });
    assert_eq!(report.unwrap().wrong, 0, "{found:#?}");
    units
}
