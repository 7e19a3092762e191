//! What is there, transactions that change it, one after another, and what can be seen of it afterwards.

use cu_host::verify::{Event, verify};
use cu_host::{ComputeOptions, Error, Instance, Module, Operation, Options, Store, Value};

/// A table with all that can be attached to one, a long value, and a captured variable.
const FURNITURE: &str = "
    _home.users = {}
    ext.feed(_home.users, { values = true })
    for i = 1, 6 do
      _home.users['u' .. i] = {
        name = 'user ' .. i, age = 20 + i, tags = { 't' .. i % 3, 'all' }, address = { city = i % 2 == 0 and 'Oslo' or 'Rome' },
      }
    end
    ext.index(_home.users, 'name', { unique = true })
    ext.index(_home.users, 'address.city')
    ext.index(_home.users, 'tags', { multi = true })
    ext.index(_home.users, 'age', { name = 'adults', kind = 'hash', where = { age = { '>', 22 } } })
    ext.schema(_home.users, { fields = { age = 'integer', role = { type = 'string', default = 'reader' } } })
    _home.text = ('old '):rep(2000)
    local counted = 0
    function _home.count() counted = counted + 1 return counted end
    function _home.counted() return counted end";

const NESTED: &str = "
    ext.transaction(function()
      _home.users.u1.age = 50
      _home.users.u2 = nil
      _home.count()
      pcall(ext.transaction, function()
        _home.users.u3 = nil
        _home.users.u4.address.city = 'Lima'
        _home.count()
        _home.fresh = { {} }
        error('no')
      end)
      ext.transaction(function()
        _home.users.u7 = { name = 'user 7', age = 7, tags = { 'new' }, address = { city = 'Oslo' } }
        table.insert(_home.users.u1.tags, 1, 'first')
        function _home.added() return _home.counted() end
        _home.count()
        ext.transaction(function()
          _home.users.u6.age = 60
          ext.transaction(function() _home.users.u6.age, _home.users[('long'):rep(200)] = 61, { name = 'longest' } end)
        end)
      end)
      local moved = _home.users.u5
      _home.users.u5 = nil
      _home.users.u8 = moved
    end)";

const ATTACHING: &str = "
    _home.shop = {}
    ext.feed(_home.shop, { values = true })
    ext.index(_home.shop, 'item', { unique = true })
    ext.index(_home.shop, { 'price', 'item' })
    ext.schema(_home.shop, { fields = { price = 'number' } })
    for i = 1, 6 do _home.shop[i] = { item = 'item ' .. i, price = i } end
    ext.drop_index(_home.users, 'address.city')
    ext.schema(_home.users, false)
    _home.users.u1.age = 'old'
    _home.text = nil";

const MIGRATION: &str = "
    ext.migrate(_home.users, 1, function(users)
      for _, user in pairs(users) do user.city, user.address = user.address and user.address.city, nil end
      _home.count()
    end)";

fn attach(instance: &mut Instance) -> Result<(), Error> {
    let atomic = ComputeOptions { atomic: Some(true), ..ComputeOptions::default() };
    instance.compute_with(ATTACHING, &atomic).map(drop)
}

/// Several computes, one of which fails and is undone alone.
fn change_from_the_host(instance: &mut Instance) -> Result<(), Error> {
    instance.transaction(|instance| {
        instance.compute("_home.count() _home.users.u1.name = 'one' _home.shop = nil")?;
        if let Ok(answer) = instance.compute("_home.users.u6 = nil error('alone')") {
            panic!("{answer:?}");
        }
        let mut data = instance.data();
        data.create_index("_home.users", "age", Value::Nil)?;
        data.batch(&[
            Operation::delete("_home.users", "u8"),
            Operation::set("_home.users", "u9", Value::from([("name", "user 9")])),
        ])?;
        instance.compute("_home.count() _home.users.u7.tags[2] = 'second'").map(drop)
    })
}

fn batch(instance: &mut Instance) -> Result<(), Error> {
    let long = "x".repeat(30_000);
    let operations = [
        Operation::set("_home.users", "long", Value::from([("name", Value::from("long")), ("text", long.into())])),
        Operation::set("_home.users.u1", "tags", vec!["one", "two"]),
        Operation::delete("_home.users", "u4"),
        Operation::set("_home", "text", "new"),
    ];
    instance.data().batch(&operations).map(drop)
}

/// Changes much, and then nothing.
fn change_nothing(instance: &mut Instance) -> Result<(), Error> {
    let code = "ok, message = pcall(ext.transaction, function()
          ext.drop_index(_home.users, 'name')
          for key in pairs(_home.users) do _home.users[key] = nil end
          ext.feed(_home.users, false)
          function _home.count() return 'another' end
          _home.counted = nil
          error('on purpose', 0)
        end)
        if message ~= 'on purpose' then error(message, 0) end";
    instance.compute(code).map(drop)
}

pub type Transaction = fn(&mut Instance) -> Result<(), Error>;

pub const TRANSACTIONS: [Transaction; 6] = [
    |instance| instance.compute(NESTED).map(drop),
    change_nothing,
    attach,
    change_from_the_host,
    batch,
    |instance| instance.compute(MIGRATION).map(drop),
];

pub fn open(module: &Module, store: impl Store + 'static) -> Result<Instance, Error> {
    Instance::new(module, store, Options::default())
}

pub fn furnish(instance: &mut Instance) {
    instance.compute(FURNITURE).unwrap();
}

/// All that a script sees: text, and the changes of each feed without their positions. It is an error if something is wrong with
/// an index, or if a copy that makes the changes of a feed is not as the table.
const STATE: &str = "
    local function show(value)
      if type(value) ~= 'table' then return type(value) == 'function' and 'function' or tostring(value) end
      local parts = {}
      for key, inner in pairs(value) do parts[#parts + 1] = tostring(key) .. ' = ' .. show(inner) end
      table.sort(parts)
      return '{' .. table.concat(parts, ', ') .. '}'
    end
    local lines, feeds = {}, {}
    local function line(...) lines[#lines + 1] = table.concat({ ... }, ' ') end
    for key, value in pairs(_home) do
      if type(value) == 'table' then
        for name, row in pairs(value) do line(key, name, show(row)) end
      else
        line(key, show(value))
      end
    end
    line('counted', _home.counted(), _home.added and _home.added() or 'nil')
    for _, name in ipairs { 'users', 'shop' } do
      local t = _home[name]
      if t then
        local ok, wrong = ext.check(t)
        if not ok then error(name .. '.' .. wrong[1].index .. ' is wrong', 0) end
        line(name, show(ext.indexes(t)))
        line(name, show(ext.schema(t)), ext.migrate(t))
        local changes, copy = {}, {}
        for at, change in ipairs((ext.changes(t))) do
          if change.at ~= at then error('change ' .. at .. ' has position ' .. change.at, 0) end
          local place, last = copy, change.key
          for name in (change.path or ''):gmatch('[^.]+') do place, last = place[last], math.tointeger(name) or name end
          place[last] = change.after
          change.at = nil
          changes[at] = show(change)
        end
        if show(copy) ~= show(t) then error('the copy of ' .. name .. ' is ' .. show(copy), 0) end
        feeds[#feeds + 1] = changes
      end
    end
    return table.concat(lines, '\\n'), feeds";

/// What can be seen of a home.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    text: String,
    feeds: Vec<Vec<String>>,
}

pub fn state(instance: &mut Instance) -> Result<State, Error> {
    let values = instance.compute(STATE)?.values;
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    let elements =
        |list: &Value| list.as_table().unwrap_or_default().iter().map(|(_, one)| one.clone()).collect::<Vec<_>>();
    let feeds = elements(&values[1]).iter().map(|changes| elements(changes).iter().map(text).collect()).collect();
    Ok(State { text: text(&values[0]), feeds })
}

impl State {
    /// How it differs from what it should be; where it does not, whether feeds tell once more what rows are, as they do after
    /// a failure half way through a change.
    pub fn compare(&self, wanted: &State) -> Result<bool, String> {
        let only = |sign: &str, one: &str, other: &str| {
            let lines = one.lines().filter(|line| !other.lines().any(|known| known == *line));
            lines.map(|line| format!("{sign} {line}\n")).collect::<String>()
        };
        if self.text != wanted.text {
            let found = only("found:", &self.text, &wanted.text);
            return Err(found + &only("should be:", &wanted.text, &self.text));
        }
        // Such a change has no value from before, and no path.
        let tells_again = |found: &Vec<String>, wanted: &Vec<String>| {
            let mut wanted = wanted.iter().peekable();
            let more: Vec<_> = found.iter().filter(|change| wanted.next_if_eq(change).is_none()).collect();
            let are_rows = more.iter().all(|change| !change.contains("before = ") && !change.contains("path = "));
            (are_rows && wanted.next().is_none()).then_some(!more.is_empty())
        };
        if self.feeds.len() != wanted.feeds.len() {
            return Err(format!("{} feeds", self.feeds.len()));
        }
        let more: Option<Vec<_>> =
            self.feeds.iter().zip(&wanted.feeds).map(|(one, other)| tells_again(one, other)).collect();
        more.map(|more| more.contains(&true)).ok_or_else(|| format!("{:#?}\nshould be {:#?}", self.feeds, wanted.feeds))
    }
}

/// What is in the store: tables, rows, functions and captured variables that are reached. Nothing is wrong in it.
pub fn counts(store: &mut dyn Store) -> [u64; 4] {
    let mut found = Vec::new();
    let report = verify(store, false, &mut |event| {
        if let Event::Found(finding) = event {
            found.push(finding.to_string());
        }
    });
    assert!(found.is_empty(), "{found:#?}");
    let report = report.unwrap();
    [report.tables, report.rows, report.functions, report.variables]
}
