//! What is staged is read back where it lies; what is no chunk is refused.

use uuid::Uuid;

use super::*;

fn dataset() -> DatasetId {
    DatasetId(Uuid::from_u128(7))
}

fn chunk() -> ItemsStaged {
    let mut writer = StagedWriter::new(dataset());
    writer.put("gentoo-1", "RECORD", br#"{"data":{"mass":5000}}"#);
    writer.delete("adélie \"2\"");
    writer.put(
        "chinstrap/3",
        "IMAGE",
        br#"{"data":{"a":"\"],["},"media":{}}"#,
    );
    writer.finish()
}

fn all(data: &[u8]) -> Result<Vec<Line<'_>>, BodyFault> {
    lines(data)?.collect()
}

#[test]
fn a_chunk_is_json_text_with_the_values_verbatim() {
    let staged = chunk();
    let text = std::str::from_utf8(&staged.body).expect("text");
    let expected = concat!(
        r#"{"datasetId":"00000000-0000-0000-0000-000000000007","items":    2,"deletes":    1,"#,
        r#""lines":[["gentoo-1","RECORD",{"data":{"mass":5000}}],["adélie \"2\""],"#,
        r#"["chinstrap/3","IMAGE",{"data":{"a":"\"],["},"media":{}}]]}"#,
    );
    assert_eq!(text, expected);
    assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
    assert_eq!((staged.items, staged.deletes), (2, 1));
    assert_eq!(recorded(staged.body.clone()), Ok(staged));
}

#[test]
fn lines_come_back_in_order_and_values_lie_where_the_writer_said() {
    let staged = chunk();
    let lines = all(&staged.body).expect("lines");
    let keys: Vec<&str> = lines
        .iter()
        .map(|line| match line {
            Line::Put { key, .. } | Line::Delete { key } => &**key,
        })
        .collect();
    assert_eq!(keys, ["gentoo-1", "adélie \"2\"", "chinstrap/3"]);
    assert!(matches!(lines[1], Line::Delete { .. }));
    for line in &lines {
        if let Line::Put { value, offset, .. } = line {
            assert_eq!(&staged.body[*offset as usize..][..value.len()], *value);
        }
    }
    let mut writer = StagedWriter::new(dataset());
    let offset = writer.put("k", "VIDEO", b"{}");
    let body = writer.finish().body;
    assert_eq!(
        all(&body).expect("one line"),
        [Line::Put {
            key: "k".into(),
            kind_word: "VIDEO",
            value: b"{}",
            offset
        }]
    );
}

#[test]
fn an_empty_chunk_has_no_lines_and_takes_any_item() {
    let writer = StagedWriter::new(dataset());
    assert!(!writer.is_full_for(CHUNK_BYTES_MAX * 8));
    assert_eq!(all(&writer.finish().body), Ok(vec![]));
}

#[test]
fn chunks_stay_below_the_limit_unless_a_single_item_is_longer() {
    let value = format!(r#"{{"data":"{}"}}"#, "x".repeat(3_000));
    let key = "\"".repeat(1_024);
    let mut writer = StagedWriter::new(dataset());
    while !writer.is_full_for(key.len() + value.len()) {
        writer.put(&key, "RECORD", value.as_bytes());
    }
    let body = writer.finish().body;
    assert!(body.len() > CHUNK_BYTES_TARGET / 2 && body.len() <= CHUNK_BYTES_MAX);

    let value = format!(r#"{{"data":"{}"}}"#, "x".repeat(CHUNK_BYTES_MAX));
    let mut writer = StagedWriter::new(dataset());
    writer.put("large", "RECORD", value.as_bytes());
    assert!(writer.is_full_for(1));
    assert_eq!(all(&writer.finish().body).map(|lines| lines.len()), Ok(1));
}

#[test]
fn a_broken_body_is_a_fault_and_never_a_panic() {
    let body = chunk().body;
    for length in 0..body.len() {
        assert!(all(&body[..length]).is_err(), "cut at {length}");
    }
    for at in 0..body.len() {
        for byte in [b'"', b'[', b']', b',', b'0', b' ', 0xff] {
            let mut broken = body.to_vec();
            broken[at] = byte;
            // Some such changes make another chunk; none may panic.
            drop(all(&broken));
        }
    }
}

#[test]
fn other_lines_are_refused() {
    let check = |counts: (u64, u64), lines: &str| {
        let head = format!(
            "{DATASET}{}{ITEMS}{:COUNT_BYTES$}{DELETES}{:COUNT_BYTES$}{LINES}",
            dataset(),
            counts.0,
            counts.1
        );
        let body = format!("{head}{lines}{END}");
        assert!(all(body.as_bytes()).is_err(), "{lines}");
    };
    check((1, 0), r#"["k"]"#);
    check((0, 1), r#"["k","RECORD",{}]"#);
    check((0, 1), r#"["k"],["l"]"#);
    check((0, 2), r#"["k"] ["l"]"#);
    check((0, 2), r#"["k"]"#);
    check((0, 1), r#"["k",null]"#);
    check((1, 0), r#"["k",null,{}]"#);
    check((1, 0), r#"["k","RECORD",7]"#);
    check((1, 0), r#"["k","RECORD",{},1]"#);
    check((1, 0), r#"["k","RECORD"]"#);
    check((0, 1), r#"[7]"#);
    check((0, 1), "[]");
    check((0, 1), r#"{"key":"k"}"#);
    check((0, 0), ",");
    check((0, 0), r#"["k"]"#);
}
