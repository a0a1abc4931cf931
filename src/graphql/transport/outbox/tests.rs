//! Lanes take turns, are bounded, and know where their reader is.

use futures_util::FutureExt;

use super::*;

const BOUNDS: Bounds = Bounds {
    parcels_max: 2,
    bytes_max: 100,
    lag_time_max: Duration::from_secs(10),
};

fn parcel(text: &str, checkpoint: Option<u64>) -> Parcel {
    let checkpoint = checkpoint.map(Position);
    Parcel {
        text: text.to_owned(),
        checkpoint,
        is_last: false,
    }
}

fn taken(outbox: &Outbox) -> Vec<String> {
    let parcels = std::iter::from_fn(|| outbox.take());
    parcels
        .map(|(number, parcel)| format!("{number}{}", parcel.text))
        .collect()
}

fn put(sender: &Sender, text: &str) -> bool {
    let put = sender.put(parcel(text, None)).now_or_never();
    put.is_some()
}

#[tokio::test]
async fn lanes_take_turns_however_much_one_has() {
    let outbox = Outbox::new(Bounds {
        parcels_max: 10,
        ..BOUNDS
    });
    let [hot, quiet] = [1, 2].map(|number| outbox.open(number));
    for text in ["a", "b", "c"] {
        assert!(put(&hot, text));
    }
    assert!(put(&quiet, "x"));
    assert_eq!(outbox.take().map(|(number, _)| number), Some(1));
    assert!(put(&hot, "d"));
    assert_eq!(taken(&outbox), ["2x", "1b", "1c", "1d"]);
}

#[tokio::test]
async fn a_lane_is_bounded_in_number_and_in_bytes() {
    let outbox = Outbox::new(BOUNDS);
    let [one, two] = [1, 2].map(|number| outbox.open(number));
    assert!(put(&one, "a") && put(&one, "b"));
    assert!(!put(&one, "c"), "a third of two");
    assert!(put(&two, &"x".repeat(100)), "a large one alone");
    assert!(!put(&two, "y"), "more after 100 bytes");
    outbox.take();
    assert!(put(&one, "c"));
    outbox.take();
    assert!(put(&two, "y"));
}

#[tokio::test]
async fn whoever_takes_nothing_for_too_long_lags_where_all_is_promised() {
    let lag_time_max = Duration::from_millis(20);
    let outbox = Outbox::new(Bounds {
        lag_time_max,
        ..BOUNDS
    });
    let sender = outbox.open(1);
    for position in [1, 2] {
        assert_eq!(sender.put(parcel("a", Some(position))).await, Ok(()));
    }
    assert_eq!(sender.put(parcel("b", Some(3))).await, Err(Lagged));
    // What waits is still told, then that it lagged; the place is that of what was taken.
    sender.end("lagged".to_owned());
    assert_eq!(outbox.resume_after(), None);
    outbox.take();
    assert_eq!(outbox.resume_after(), Some(Position(1)));
    assert_eq!(taken(&outbox), ["1a", "1lagged"]);
    assert_eq!(outbox.resume_after(), None, "it has ended");
}

#[tokio::test]
async fn whoever_takes_slowly_does_not_lag() {
    let lag_time_max = Duration::from_secs(1);
    let outbox = Outbox::new(Bounds {
        parcels_max: 1,
        lag_time_max,
        ..BOUNDS
    });
    let sender = outbox.open(1);
    let reading = outbox.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(lag_time_max / 10).await;
            reading.next().await;
        }
    });
    for position in 1..15 {
        assert_eq!(sender.put(parcel("a", Some(position))).await, Ok(()));
    }
}

#[tokio::test]
async fn what_is_only_the_newest_state_waits() {
    let lag_time_max = Duration::from_millis(20);
    let outbox = Outbox::new(Bounds {
        parcels_max: 1,
        lag_time_max,
        ..BOUNDS
    });
    let sender = outbox.open(1);
    assert!(put(&sender, "a"));
    let waiting = sender.put(parcel("b", None));
    let long = Duration::from_millis(60);
    assert!(tokio::time::timeout(long, waiting).await.is_err());
    outbox.take();
    assert!(put(&sender, "c"));
}

#[tokio::test]
async fn the_end_always_finds_room_and_closes_the_lane() {
    let outbox = Outbox::new(BOUNDS);
    let [ended, closed] = [1, 2].map(|number| outbox.open(number));
    assert!(put(&ended, "a") && put(&ended, "b"));
    ended.end("end".to_owned());
    assert!(put(&closed, "x"));
    outbox.close(2);
    assert!(put(&closed, "y"), "it goes nowhere");
    assert_eq!(taken(&outbox), ["1a", "1b", "1end"]);
    assert!(outbox.lanes().by_number.is_empty());
}

#[tokio::test]
async fn whoever_comes_back_goes_on_where_the_slowest_was() {
    let outbox = Outbox::new(BOUNDS);
    let [early, late, state] = [1, 2, 3].map(|number| outbox.open(number));
    for (sender, start) in [(&early, Some(5)), (&late, Some(8)), (&state, None)] {
        let checkpoint = Checkpoint::default();
        start
            .into_iter()
            .for_each(|start| checkpoint.begin(Position(start)));
        sender.is_endless(checkpoint);
    }
    assert_eq!(outbox.resume_after(), Some(Position(5)));
    assert_eq!(early.put(parcel("a", Some(9))).await, Ok(()));
    assert_eq!(outbox.resume_after(), Some(Position(5)), "it was not taken");
    outbox.take();
    assert_eq!(outbox.resume_after(), Some(Position(8)));
}

#[tokio::test]
async fn it_has_finished_when_only_endless_operations_are_left() {
    let outbox = Outbox::new(BOUNDS);
    let [query, watch] = [1, 2].map(|number| outbox.open(number));
    watch.is_endless(Checkpoint::default());
    assert!(outbox.finished().now_or_never().is_none());
    query.end("answer".to_owned());
    assert!(
        outbox.finished().now_or_never().is_none(),
        "it was not taken"
    );
    outbox.take();
    assert!(outbox.finished().now_or_never().is_some());
}
