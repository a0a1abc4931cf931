//! The contract of the log, as one suite that every adapter passes.
//!
//! A test takes a fresh log and says what must hold of it. Add an adapter by a constructor of
//! `Fresh` (`copied_over` for a shared log) and a word at the end of this file; what only one
//! adapter promises is tested beside it.

#![cfg(test)]

mod agreeing;
mod appending;
mod following;
pub(super) mod harness;
mod reading;
mod repeating;

macro_rules! contract {
    ($($adapter:ident: $($room:ident::{$($test:ident)+})+;)+) => {$(
        mod $adapter {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$room::$test(super::harness::Fresh::$adapter()).await;
                }
            )+)+
        }
    )+};
}

macro_rules! every_adapter {
    ($($adapter:ident)+) => {
        contract! {$(
            $adapter:
            appending::{
                an_unexpected_revision_is_refused_with_the_one_found
                of_racing_appends_exactly_one_wins
                what_was_decided_on_an_append_that_failed_fails_too
                an_append_over_several_streams_is_all_or_none
                appends_are_tried_in_the_order_of_the_calls
                malformed_appends_are_refused
                times_go_up_with_every_append_whatever_the_clock_says
            }
            repeating::{
                the_same_append_again_returns_the_first_result
                ids_known_in_part_or_with_other_bytes_are_refused
            }
            reading::{
                what_was_appended_is_read_back_in_full
                a_stream_is_read_from_any_revision
                the_log_is_read_from_any_position
                a_batch_of_large_events_is_cut_short
                an_event_is_found_by_its_id
                slices_of_data_are_read_where_they_lie
                a_time_names_the_last_position_at_or_before_it
            }
            following::{
                followers_see_every_event_once_while_32_append
                a_follower_begins_at_any_position
                a_wait_that_is_given_up_loses_nothing
                followers_end_when_the_log_closes
            }
        ;)+}
    };
}

every_adapter! { memory sqlite copied kurrent postgres }
