use super::*;
use crate::data::path::PathBuffer;
use crate::host::stand_in;
use crate::vm::state::exclusive;

fn key(key: Key<'_>) -> Vec<u8> {
    let mut buffer = KeyBuffer::new();
    buffer.encode(key).expect("it fits");
    buffer.bytes().to_vec()
}

fn encoded(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    let mut room = vec![0; 20_000];
    let mut writer = Writer::new(&mut room);
    write(&mut writer);
    writer.written().expect("it fits").to_vec()
}

/// `{ city = "Oslo", [1] = {2.5}, far = external table 31 }`
fn inline(writer: &mut Writer<'_>) {
    let open = writer.begin_table();
    writer.string(b"city");
    writer.string(b"Oslo");
    writer.integer(1);
    let inner = writer.begin_table();
    writer.float(1.0);
    writer.float(2.5);
    writer.end_table(inner, 1);
    writer.string(b"far");
    writer.external(31);
    writer.end_table(open, 3);
}

const TABLE: u32 = 20;

/// Table 20 has rows: 1 an external table, 2 an inline one, 3 a scalar, 4 a long string.
fn fill() {
    stand_in::clear();
    let put = |table, name: Key<'_>, value: Vec<u8>| stand_in::put(table, &key(name), &value);
    put(TABLE, Key::Integer(1), encoded(|writer| writer.external(30)));
    put(TABLE, Key::Integer(2), encoded(inline));
    put(TABLE, Key::Integer(3), encoded(|writer| writer.integer(7)));
    put(TABLE, Key::Integer(4), encoded(|writer| writer.string(&[b'x'; 10_000])));
    put(30, Key::String(b"age"), encoded(|writer| writer.integer(36)));
    put(30, Key::String(b"address"), encoded(inline));
    put(31, Key::String(b"deep"), encoded(|writer| writer.boolean(true)));
}

/// What both ways of reading say, as text.
fn look(row: i64, text: &str, over: Option<&Override<'_>>) -> Result<String, Broken> {
    let path = PathBuffer::parse(text.as_bytes()).expect("a path");
    let row_key = key(Key::Integer(row));
    let once = read(TABLE, &row_key, path.path(), over, Eyes::Module).map(|value| format!("{:?}", value.item()));
    let whole = Row::read(TABLE, &row_key, over, Eyes::Module)
        .and_then(|row| row.field(path.path(), over, Eyes::Module).map(|value| format!("{:?}", value.item())));
    assert_eq!(once, whole, "row {row}, {text}");
    once
}

#[test]
fn a_path_leads_through_tables_of_both_kinds() {
    let _turn = exclusive();
    fill();
    for (row, path, wanted) in [
        (1, "", "Some(External(30))"),
        (1, "age", "Some(Integer(36))"),
        (1, "age.x", "None"),
        (1, "none", "None"),
        (1, "address.city", "Some(String([79, 115, 108, 111]))"),
        (1, "address.1.1", "Some(Float(2.5))"),
        (1, "address.far.deep", "Some(Boolean(true))"),
        (1, "address.far", "Some(External(31))"),
        (2, "city", "Some(String([79, 115, 108, 111]))"),
        (2, "1.1", "Some(Float(2.5))"),
        (2, "1.2", "None"),
        (2, "far.deep", "Some(Boolean(true))"),
        (3, "", "Some(Integer(7))"),
        (3, "x", "None"),
        (9, "", "None"),
        (9, "x", "None"),
    ] {
        assert_eq!(look(row, path, None).as_deref(), Ok(wanted), "row {row}, {path}");
    }
    let long = look(4, "", None).expect("it is read");
    assert_eq!(long, format!("{:?}", Some(Item::String(&[b'x'; 10_000]))));
}

#[test]
fn an_override_is_read_in_place_of_one_entry() {
    let _turn = exclusive();
    fill();
    let seven = encoded(|writer| writer.integer(7));
    let (age, one, three) = (key(Key::String(b"age")), key(Key::Integer(1)), key(Key::Integer(3)));
    let age = Override { table: 30, key: &age, value: Some(&seven) };
    assert_eq!(look(1, "age", Some(&age)).as_deref(), Ok("Some(Integer(7))"));
    assert_eq!(look(1, "age", Some(&Override { value: None, ..age })).as_deref(), Ok("None"));
    assert_eq!(look(1, "address.city", Some(&age)), look(1, "address.city", None));
    let inline = encoded(inline);
    let one = Override { table: TABLE, key: &one, value: Some(&inline) };
    assert_eq!(look(1, "1.1", Some(&one)).as_deref(), Ok("Some(Float(2.5))"));
    assert_eq!(look(2, "1.1", Some(&one)).as_deref(), Ok("Some(Float(2.5))"));
    let three = Override { table: TABLE, key: &three, value: None };
    assert_eq!(look(3, "", Some(&three)).as_deref(), Ok("None"));
}

#[test]
fn what_the_host_damaged_is_named() {
    let _turn = exclusive();
    fill();
    let place = key(Key::String(b"age"));
    for (bytes, at) in [
        (&b"\xEE"[..], 0),
        (b"", 0),
        (b"\x02\0", 2),
        (b"\x01\x01\x01", 2),
        (b"\x07\xFF\xFF\xFF\xFF", 1),
        (b"\x04\x09\0\0\0a", 1),
    ] {
        stand_in::put(30, &place, bytes);
        assert_eq!(look(1, "age", None), Err(Broken { fault: Fault::damaged(at), table: 30, segment: 1 }), "{bytes:?}");
    }
    stand_in::put(30, &place, b"\x09\x0b\0\0\0\x01\0\0\0\x04\x01\0\0\0aZ");
    assert_eq!(look(1, "age.a", None), Err(Broken { fault: Fault::damaged(15), table: 30, segment: 2 }));
    // It claims more pairs than there are.
    stand_in::put(30, &place, b"\x09\x04\0\0\0\xFF\xFF\xFF\xFF");
    assert_eq!(look(1, "age.a", None), Err(Broken { fault: Fault::damaged(9), table: 30, segment: 2 }));
}

#[test]
#[cfg(feature = "deflate")]
fn a_compressed_string_is_read_as_it_was() {
    let _turn = exclusive();
    fill();
    let plain = encoded(|writer| writer.string(&[b'y'; 5000]));
    let short = compress::shorten(&plain, 1024).expect("it is shorter");
    stand_in::put(TABLE, &key(Key::Integer(5)), &short);
    assert_eq!(look(5, "", None), Ok(format!("{:?}", Some(Item::String(&[b'y'; 5000])))));
    let mut damaged = short.clone();
    damaged[12] ^= 0x55;
    stand_in::put(TABLE, &key(Key::Integer(5)), &damaged);
    assert!(look(5, "", None).is_err());
}
