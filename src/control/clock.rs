//! The host's time: `get(0, "now")`, milliseconds since 1970, absent = 0.
#![forbid(unsafe_code)]

use cu_abi::tables;
use cu_abi::value::{Item, Reader};

use crate::budget::{self, cost};
use crate::host::{self, Found};

/// Milliseconds since 1970 as the host tells them; 0 when it does not, or answers nonsense.
pub fn now_milliseconds() -> f64 {
    budget::spend(cost::HOST);
    let mut buffer = [0; 16];
    let Found::Value(length) = host::get(tables::CONTROL, tables::KEY_NOW.as_bytes(), &mut buffer) else {
        return 0.0;
    };
    match Reader::new(&buffer[..length]).item() {
        Ok(Item::Float(milliseconds)) if milliseconds.is_finite() => milliseconds,
        Ok(Item::Integer(milliseconds)) => milliseconds as f64,
        _ => 0.0,
    }
}
