//! `cu serve`: serves homes over HTTP; `cu token`: makes a token for it.
//!
//! Invariant: the first line of standard output is the address alone, for programs; what follows is for people.

pub mod given;
#[cfg(feature = "serve")]
mod run;
#[cfg(feature = "serve")]
mod shown;
#[cfg(feature = "serve")]
mod signals;

#[cfg(feature = "serve")]
pub use run::{serve, token};

/// The commands in a build without the server.
#[cfg(not(feature = "serve"))]
mod without {
    use crate::arguments::{Arguments, Usage};
    use crate::failure::Failure;

    pub fn serve(_: &Arguments) -> Result<(), Failure> {
        Err(Usage("serve needs a build with the feature serve".to_owned()).into())
    }

    pub fn token(_: &Arguments) -> Result<(), Failure> {
        Err(Usage("token needs a build with the feature serve".to_owned()).into())
    }
}

#[cfg(not(feature = "serve"))]
pub use without::{serve, token};
