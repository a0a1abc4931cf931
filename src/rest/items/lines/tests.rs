//! Lines of NDJSON, sound and broken.

use serde_json::json;

use super::*;

const LINE_BYTES_MAX: usize = 2 << 20;

fn all(text: &[u8]) -> Vec<Result<Numbered, Broken>> {
    (&mut Lines::of(text, LINE_BYTES_MAX)).collect()
}

fn put(key: Option<&str>, data: Value) -> Change {
    let key = key.map(str::to_owned);
    Change::Put(NewItem {
        key,
        kind: ItemKind::Record,
        data,
        media: None,
    })
}

#[test]
fn lines_become_items_and_deletions_with_their_numbers() {
    let text = "\u{feff}{\"key\":\"a\",\"data\":{\"n\":1}}\r\n\n  \n{\"data\":{}}\n\
                {\"key\":\"b\",\"delete\":true}";
    let found: Vec<_> = all(text.as_bytes())
        .into_iter()
        .map(|numbered| numbered.map(|numbered| (numbered.line, numbered.change)))
        .collect();
    let expected = [
        Ok((1, put(Some("a"), json!({"n": 1})))),
        Ok((4, put(None, json!({})))),
        Ok((5, Change::Delete("b".to_owned()))),
    ];
    assert_eq!(found, expected);
}

#[test]
fn kind_and_media_are_read() {
    let text = r#"{"key":"a","kind":"VIDEO","data":{},"media":{"uri":"s3://b/v","byteSize":9}}"#;
    let Ok(Change::Put(item)) = understood(text.as_bytes()) else {
        panic!("an item")
    };
    let media = item.media.expect("media");
    assert_eq!((item.kind, media.byte_size), (ItemKind::Video, Some(9)));
}

#[test]
fn a_broken_line_says_what_is_wrong_and_ends_the_upload() {
    for (line, expected) in [
        (r#"{"key":"a","data":{}"#, "EOF while parsing"),
        (r#"{"key":"a","data":[]}"#, "invalid type: sequence"),
        (r#"{"key":"a"}"#, "an item needs data"),
        (
            r#"{"key":"a","data":{},"extra":1}"#,
            "unknown field `extra`",
        ),
        (
            r#"{"key":"a","data":{},"media":{"uri":"u","size":1}}"#,
            "unknown field `size`",
        ),
        (r#"{"key":"a","data":{},"media":{}}"#, "missing field `uri`"),
        (
            r#"{"key":"a","kind":"record","data":{}}"#,
            "unknown variant `record`",
        ),
        (r#"{"key":1,"data":{}}"#, "invalid type: integer"),
        (r#"{"delete":true}"#, "a deletion needs a key"),
        (
            r#"{"key":"a","delete":true,"data":{}}"#,
            "a deletion has only a key",
        ),
        (r#"{"data":{"n":1e999}}"#, "number out of range"),
        (r#"{"data":{}} {"data":{}}"#, "trailing characters"),
        ("[\"a\",null,{},null,false]", "not a JSON object"),
        ("key,data", "not a JSON object"),
    ] {
        let text = format!("{{\"data\":{{}}}}\n{line}\n{{\"data\":{{}}}}\n");
        let found = all(text.as_bytes());
        assert_eq!(found.len(), 2, "{line}");
        let Err(Broken::Line {
            line: number,
            message,
        }) = &found[1]
        else {
            panic!("{line}: {found:?}")
        };
        assert_eq!(*number, 2);
        assert!(message.contains(expected), "{line}: {message}");
        assert!(!message.contains("line 1"), "{message}");
    }
    let found = all(b"{\"data\":{\"a\":\"\xff\"}}");
    assert!(
        matches!(&found[..], [Err(Broken::Line { line: 1, .. })]),
        "{found:?}"
    );
}

#[test]
fn the_longest_line_has_2_mib() {
    let line = |length: usize| {
        let frame = r#"{"data":{"a":""}}"#.len();
        format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(length - frame))
    };
    for end in ["", "\n", "\r\n"] {
        let fits = format!("{}{end}", line(LINE_BYTES_MAX));
        assert!(matches!(&all(fits.as_bytes())[..], [Ok(_)]), "{end:?}");
        let over = format!("\n{}{end}", line(LINE_BYTES_MAX + 1));
        assert_eq!(
            all(over.as_bytes()),
            [Err(Broken::TooLong { line: 2 })],
            "{end:?}"
        );
    }
}
