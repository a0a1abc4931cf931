//! The program: chooses one provider of TLS, then does what the command line says.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Two providers are compiled in, so none is chosen by itself.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        unreachable!("nothing ran before that could have chosen one");
    }
    snapledger::cli::main()
}
