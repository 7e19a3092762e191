//! Keys of external tables as bytes, and back, through the codec of the contract.

use cu_abi::key::{self, Key, KeyBuffer, Refused};
use cu_abi::limits::KEY_BYTES;

use crate::error::Error;
use crate::value::Value;

impl Value {
    /// The bytes of this value as a key of an external table, as a store has them. Fails if the value cannot be a key
    /// or the key has more than 4,096 bytes.
    pub fn encode_key(&self) -> Result<Vec<u8>, Error> {
        let no_key = || Error::Unencodable(format!("no external table has the key {self}"));
        let key = match self {
            Value::Boolean(flag) => Key::Boolean(*flag),
            Value::Integer(number) => Key::Integer(*number),
            Value::Float(number) => Key::Float(*number),
            Value::String(bytes) => Key::String(bytes),
            _ => return Err(no_key()),
        };
        let mut buffer = KeyBuffer::new();
        match buffer.encode(key) {
            Ok(()) => Ok(buffer.bytes().to_vec()),
            Err(Refused::NaN) => Err(no_key()),
            Err(Refused::TooLong(length)) => {
                Err(Error::Unencodable(format!("a key of {length} bytes; {KEY_BYTES} are the most")))
            }
        }
    }

    /// The key that exactly these bytes encode.
    pub fn decode_key(bytes: &[u8]) -> Result<Value, Error> {
        Ok(match key::decode(bytes, &mut [0; KEY_BYTES])? {
            Key::Boolean(flag) => Value::Boolean(flag),
            Key::Integer(number) => Value::Integer(number),
            Key::Float(number) => Value::Float(number),
            Key::String(bytes) => Value::String(bytes.into()),
        })
    }
}
