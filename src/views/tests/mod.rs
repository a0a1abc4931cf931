//! The views from outside: histories in, rows out.
