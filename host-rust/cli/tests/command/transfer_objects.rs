//! `cu export` and `cu import` of objects: what they do, and what they inherit, is the same on both sides.

use cu_testkit::seeds::seeds_or;

use super::{cu, cu_reads, shows, texts};
use crate::folder::Folder;

/// Exports a home, and imports it into a new one, whose path is the answer; as lines, and as a snapshot.
fn copies(folder: &Folder, home: &str, name: &str) -> [String; 2] {
    [None, Some("--snapshot")].map(|form| {
        let copy = folder.file(&format!("{name}{}.redb", form.unwrap_or_default()));
        let exported = cu(["export", "--home", home].into_iter().chain(form));
        assert_eq!(exported.status.code(), Some(0));
        let (shown, complaint, status) = texts(&cu_reads(["import", "--home", &copy, "-"], &exported.stdout));
        assert!(shown.ends_with(" rows imported\n") && complaint.is_empty() && status == Some(0), "{shown}{complaint}");
        let again = cu(["export", "--home", &copy].into_iter().chain(form));
        assert!(again.stdout == exported.stdout, "{form:?}: another export");
        copy
    })
}

/// What a script answers.
fn answer(home: &str, code: &str) -> String {
    let (shown, complaint, status) = texts(&cu(["eval", code, "--home", home]));
    assert_eq!((complaint.as_str(), status), ("", Some(0)));
    shown
}

/// Verification finds nothing.
#[track_caller]
fn is_sound(home: &str) {
    let (shown, complaint, status) = texts(&cu(["verify", "--home", home]));
    assert_eq!((complaint.as_str(), status), ("", Some(0)), "{shown}");
}

#[test]
fn classes_inheritance_and_hidden_metatables_come_back() {
    let folder = Folder::new("transfer-objects");
    let home = folder.file("home.redb");
    let made = "local Account = { __name = 'Account' } Account.__index = Account \
                local made = 0 \
                function Account.new(n, class) made = made + 1 return setmetatable({ n = n, made = made }, class or Account) end \
                function Account:add(n) self.n = self.n + n return self.n end \
                Account.__add = function(a, b) return a.n + b.n end \
                local Savings = setmetatable({ __add = Account.__add, __call = function(self, x) return self.n * x end }, Account) \
                Savings.__index = Savings \
                _home.Account, _home.ada, _home.bob = Account, Account.new(1), Account.new(2, Savings) \
                _home.list = { Account.new(3), Account.new(4) } \
                _home.locked = setmetatable({}, { __metatable = 'no', __index = function(_, key) return key .. '!' end }) \
                _home.plain = {}";
    shows(&cu(["eval", made, "--home", &home]), "");
    let look = "local a, b, l = _home.ada, _home.bob, _home.list \
                local later = _home.Account.new(9) \
                return a:add(1), b:add(1), a + b, b(3), l[1] + l[2], getmetatable(l[1]) == getmetatable(a), getmetatable(b) ~= _home.Account, \
                  getmetatable(getmetatable(b)) == _home.Account, _home.locked.x, getmetatable(_home.locked), getmetatable(_home.plain), \
                  later.made, later:add(1)";
    let wanted = "2\n3\n5\n9\n7\ntrue\ntrue\ntrue\nx!\nno\nnil\n5\n10\n";
    for copy in copies(&folder, &home, "copy") {
        assert_eq!(answer(&copy, look), wanted);
        is_sound(&copy);
        assert!(texts(&cu(["gc", "--home", &copy])).0.starts_with("tables: 0 freed, 9 kept\n"));
        assert_eq!(answer(&copy, "return _home.bob:add(1), _home.bob(2)"), "4\n8\n");
    }
    assert_eq!(answer(&home, look), wanted);
}

/// A home with tables that are objects, classes and instances of each other at random.
const RANDOM: &str = "
    local all = {}
    for i = 1, 40 do
      local t = { id = i, ['f' .. math.random(9)] = i }
      local other = all[math.random(i)] or t
      local kind = math.random(6)
      if kind == 1 then t.__index = other elseif kind == 2 then t.__index = function(_, key) return i .. key end end
      if math.random(3) == 1 then t.__name = 'C' .. i end
      if math.random(3) == 1 then t.__add = function(a, b) return { i, rawget(a, 'id'), b } end end
      if math.random(3) == 1 then t['m' .. math.random(3)] = function(self) i = i + 1 return i, rawget(self, 'id') end end
      if math.random(9) == 1 then t.__metatable = 'locked' end
      if math.random(2) == 1 then setmetatable(t, all[math.random(i)]) end
      if math.random(2) == 1 then _home['o' .. i] = t elseif other ~= t then rawset(other, 'inner', t) end
      all[i] = t
    end
    _home.first = all[1]";

/// All that is to be seen of it.
const LOOK: &str = "
    local lines, met = {}, {}
    local function show(value) return type(value) == 'table' and 'table ' .. tostring(rawget(value, 'id') or value[1]) or tostring(value):gsub('0x%x+', '') end
    local function look(way, t)
      if met[t] then lines[#lines + 1] = way .. ' = ' .. met[t] return end
      met[t] = way
      local class = getmetatable(t)
      for _, key in ipairs { 'id', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9', 'm1', 'm2', 'm3' } do
        local ok, value = pcall(function() return t[key] end)
        if type(value) == 'function' then ok, value = pcall(value, t) end
        lines[#lines + 1] = way .. '.' .. key .. ' ' .. tostring(ok) .. ' ' .. show(value)
      end
      local ok, sum = pcall(function() return t + 1 end)
      lines[#lines + 1] = way .. ' + 1 ' .. tostring(ok) .. ' ' .. show(sum)
      if type(class) == 'table' then look(way .. '^', class) else lines[#lines + 1] = way .. '^ ' .. tostring(class) end
      if type(rawget(t, 'inner')) == 'table' then look(way .. '.inner', rawget(t, 'inner')) end
    end
    for key, value in next, _home do look(key, value) end
    return table.concat(lines, '\\n')";

#[test]
fn random_objects_come_back() {
    let folder = Folder::new("transfer-random-objects");
    for seed in seeds_or(4) {
        let home = folder.file(&format!("{seed}.redb"));
        shows(&cu(["eval", RANDOM, "--home", &home, "--seed", &seed.to_string()]), "");
        let copies = copies(&folder, &home, &format!("copy-{seed}"));
        let seen = answer(&home, LOOK);
        assert!(seen.contains(" true table"), "CU_SEED={seed}: nothing works in it\n{seen}");
        for copy in copies {
            is_sound(&copy);
            assert_eq!(answer(&copy, LOOK), seen, "CU_SEED={seed}");
        }
    }
}

#[test]
fn an_export_of_before_there_were_objects_is_imported() {
    let folder = Folder::new("transfer-before-objects");
    let home = folder.file("home.redb");
    let old = "{\"cu\":\"tables\",\"version\":1}\n\
               {\"table\":1,\"key\":\"a\",\"value\":{\"$table\":3}}\n\
               {\"table\":3,\"key\":\"n\",\"value\":1}\n\
               {\"table\":2147483648,\"raw\":[\"01636f6c6c656374696f6e7300\",\"0409000000010000000000000000\"]}\n\
               {\"table\":2147483648,\"raw\":[\"016e6578745f7461626c6500\",\"020400000000000000\"]}\n\
               {\"rows\":4}\n";
    shows(&cu_reads(["import", "--home", &home, "-"], old.as_bytes()), "4 rows imported\n");
    is_sound(&home);
    let made = "setmetatable(_home.a, { __index = { m = function(self) return self.n end } }) return _home.a:m()";
    assert_eq!(answer(&home, made), "1\n");
    assert_eq!(answer(&home, "return _home.a:m()"), "1\n");
    is_sound(&home);
}

#[test]
fn rows_say_that_they_have_no_metatables() {
    let folder = Folder::new("transfer-rows-of-objects");
    let home = folder.file("home.redb");
    let made = "local A = { __name = 'A' } _home.t = { x = setmetatable({ n = 1 }, A), y = setmetatable({ in_it = setmetatable({}, A) }, A), z = {} } _home.u = { {} }";
    shows(&cu(["eval", made, "--home", &home]), "");
    let note = "cu: note: 3 of the tables in _home.t have a metatable, which rows do not show; cu export without a WAY has everything\n";
    let (shown, complaint, status) = texts(&cu(["export", "_home.t", "--home", &home]));
    assert_eq!((shown.lines().count(), complaint.as_str(), status), (3, note, Some(0)), "{shown}");
    shows(&cu(["export", "_home.u", "--home", &home]), "{\"key\":1,\"value\":{}}\n");
}
