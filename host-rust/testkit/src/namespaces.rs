//! What a server with many stores has to do.

use cu_host::{Instance, MODULE, Module, Options, Store};
use cu_remote::Namespaces;

/// Names that sort differently as text of a language, or that a server could mistake.
const NAMES: [&str; 9] = ["%", "A", "a", "a\u{1}", "a b", "a/b", "b", "default", "é"];

/// All clauses, over a server without stores whose names begin as those here.
pub fn namespaces(open: impl Fn() -> Box<dyn Namespaces>) {
    let (one, other) = (open(), open());
    assert_eq!(one.list(None, 10), Ok(Vec::new()), "the server is not empty");
    assert!(one.open("a", false).unwrap().is_none() && one.exists("a") == Ok(false) && one.remove("a") == Ok(false));
    for (name, value) in NAMES.iter().zip(b'a'..) {
        let mut store = one.open(name, true).unwrap().expect("it is made");
        assert_eq!(other.exists(name), Ok(true), "{name} is there before its first change");
        store.set(7, b"k", &[value]).unwrap();
    }
    // One with more rows than a list looks at.
    let mut large = one.open("b", false).unwrap().unwrap();
    large.begin().unwrap();
    (0..3000_u32).for_each(|key| large.set(8, &key.to_be_bytes(), b"v").unwrap());
    large.commit().unwrap();
    drop(large);
    for most in [1, 2, 5, 100] {
        let (mut after, mut names) = (None, Vec::new());
        loop {
            let page = other.list(after.as_deref(), most).unwrap();
            assert!(page.len() <= most);
            after = page.last().cloned();
            let is_last = page.len() < most;
            names.extend(page);
            if is_last {
                break;
            }
        }
        assert_eq!(names, NAMES, "pages of {most}");
    }
    for (name, value) in NAMES.iter().zip(b'a'..) {
        let mut store = other.open(name, false).unwrap().unwrap();
        assert_eq!(store.get(7, b"k").unwrap().as_deref(), Some(&[value][..]), "{name}");
    }
    removal(&*one, &*other);
    for name in ["", "a\0", &"x".repeat(256)] {
        let message = one.exists(name).unwrap_err().message;
        assert!(message.contains("1 to 255 bytes"), "{message}");
        assert!(one.open(name, true).is_err() && one.remove(name).is_err());
    }
}

/// A store that is removed, and made again, while somebody has it open.
fn removal(one: &dyn Namespaces, other: &dyn Namespaces) {
    let module = Module::new(MODULE).unwrap();
    let count = "_home.n = (_home.n or 0) + 1 _home.list = { _home.n } return _home.n, #_home.list";
    let instance = |server: &dyn Namespaces| {
        Instance::new(&module, server.open("gone", true).unwrap().unwrap(), Options::default()).unwrap()
    };
    let number = |instance: &mut Instance| instance.compute(count).unwrap().values[0].as_i64();
    let mut old = instance(one);
    assert_eq!((number(&mut old), number(&mut old)), (Some(1), Some(2)));
    assert_eq!((other.remove("gone"), other.exists("gone"), other.remove("gone")), (Ok(true), Ok(false), Ok(false)));
    let mut new = instance(other);
    // As often as the old one, so that a version that only counts would be the same.
    assert_eq!((number(&mut new), number(&mut new)), (Some(1), Some(2)));
    assert_eq!(number(&mut old), Some(3), "who had it open sees the new one");
    drop((old, new));
    assert_eq!((one.remove("gone"), one.list(Some("default"), 5)), (Ok(true), Ok(vec!["é".to_owned()])));
}
