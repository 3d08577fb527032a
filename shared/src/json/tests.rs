//! What the door lets in, and what it says about the rest.

use super::{parse, read, tagged, to_value, write, write_indented};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct House {
    name: String,
    floors: u8,
    height_m: f64,
    roof: Option<Roof>,
    rooms: Vec<Room>,
    keys: BTreeMap<u32, (String, bool)>,
    door: Door,
}

impl Default for House {
    fn default() -> Self {
        Self {
            name: "house".to_owned(),
            floors: 1,
            height_m: 2.5,
            roof: None,
            rooms: Vec::new(),
            keys: BTreeMap::new(),
            door: Door::Open,
        }
    }
}

/// Told apart by the name outside.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Door {
    Open,
    Ajar(f64),
    Locked { key: u32 },
}

tagged! {
    by "type" derive(Default), deny_unknown_fields;
    #[derive(Debug, Default, PartialEq, Serialize)]
    enum Roof {
        #[default]
        Flat,
        Gable {
            slope: f64,
            #[serde(default)]
            tiles: Vec<u32>,
        },
    }
}

tagged! {
    by "kind";
    #[derive(Debug, PartialEq, Serialize)]
    enum Room {
        Kitchen(Kitchen),
        Hall,
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kitchen {
    stoves: u32,
    roof: Option<Roof>,
}

#[test]
fn what_was_written_is_read() {
    let kitchen = Kitchen { stoves: 2, roof: Some(Roof::Gable { slope: -0.5, tiles: vec![7] }) };
    let house = House {
        name: r#"고무줄 "x\", {[,: "#.to_owned(),
        floors: 3,
        height_m: 9.0,
        roof: Some(Roof::Flat),
        rooms: vec![Room::Kitchen(kitchen), Room::Hall],
        keys: BTreeMap::from([(7, ("front".to_owned(), true))]),
        door: Door::Locked { key: 7 },
    };
    let text = write_indented(&house).unwrap();
    assert_eq!(text, serde_json::to_string_pretty(&house).unwrap());
    assert_eq!(to_value(&house).unwrap(), serde_json::to_value(&house).unwrap());
    assert_eq!(read::<House>(&text), Ok(house));
    let ajar = House { door: Door::Ajar(0.25), ..House::default() };
    assert_eq!(read::<House>(&write(&ajar).unwrap()), Ok(ajar));
    assert_eq!(read::<House>("{}"), Ok(House::default()));
}

/// Others read the enums too, each in its own way: without this door, and out of a flattened
/// struct.
#[test]
fn other_readers_read_the_same() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Told {
        at: u32,
        #[serde(flatten)]
        roof: Roof,
    }
    let text = r#"{ "at": 1, "type": "gable", "slope": 1, "tiles": [2] }"#;
    let told = Told { at: 1, roof: Roof::Gable { slope: 1.0, tiles: vec![2] } };
    assert_eq!(serde_json::from_str::<Told>(text).unwrap(), told);
    assert_eq!(read::<Told>(text), Ok(told));
}

#[test]
fn an_error_says_where_and_what() {
    for (text, path, message) in [
        ("", ".", "EOF while parsing a value at line 1 column 0"),
        ("{\n\"floors\": ]", ".", "expected value at line 2 column 11"),
        ("{} {}", ".", "trailing characters at line 1 column 4"),
        (r#"{"name": "a", "name": "b"}"#, ".", "duplicate field `name` at line 1 column 20"),
        ("[]", ".", "invalid type: sequence, expected struct House"),
        (r#"{"floors": 256}"#, "floors", "invalid value: integer `256`, expected u8"),
        (r#"{"floors": 1.5}"#, "floors", "invalid type: floating point `1.5`, expected u8"),
        (r#"{"floors": -1}"#, "floors", "invalid value: integer `-1`, expected u8"),
        (r#"{"height_m": "1"}"#, "height_m", "invalid type: string \"1\", expected f64"),
        (r#"{"name": null}"#, "name", "invalid type: null, expected a string"),
        (r#"{"rooms": {}}"#, "rooms", "invalid type: map, expected a sequence"),
        (r#"{"keys": {"7": ["a"]}}"#, "keys.7", "invalid length 1, expected a tuple of size 2"),
        (
            r#"{"keys": {"7": ["a", true, 3]}}"#,
            "keys.7",
            "invalid length 3, expected fewer elements in array",
        ),
        (r#"{"keys": {"x": ["a", true]}}"#, "keys", "invalid type: string \"x\", expected u32"),
        (
            r#"{"door": {"Locked": {"key": "a"}}}"#,
            "door.Locked.key",
            "invalid type: string \"a\", expected u32",
        ),
        (r#"{"door": "Ajar"}"#, "door", "invalid type: unit variant, expected newtype variant"),
        (
            r#"{"door": "Gone"}"#,
            "door",
            "unknown variant `Gone`, expected one of `Open`, `Ajar`, `Locked`",
        ),
        (r#"{"roof": {"slope": 1}}"#, "roof", "missing field `type`"),
        (r#"{"roof": {"type": "gable"}}"#, "roof", "missing field `slope`"),
        (
            r#"{"roof": {"type": "dome"}}"#,
            "roof",
            "unknown variant `dome`, expected `flat` or `gable`",
        ),
        (
            r#"{"roof": {"type": "gable", "slope": 1, "tiles": [1, "b"]}}"#,
            "roof",
            "tiles[1]: invalid type: string \"b\", expected u32",
        ),
        (
            r#"{"roof": {"type": "gable", "slope": 1, "colour": 1}}"#,
            "roof",
            "unknown field `colour`, expected `slope` or `tiles`",
        ),
        (
            r#"{"rooms": [{"kind": "hall"}, {"kind": "kitchen", "stoves": []}]}"#,
            "rooms[1]",
            "stoves: invalid type: sequence, expected u32",
        ),
    ] {
        let error = read::<House>(text).unwrap_err();
        assert_eq!((error.path().as_str(), error.message()), (path, message), "{text}");
    }
}

/// A text of a million brackets is refused, not followed.
#[test]
fn depth_is_bounded() {
    let error = read::<Vec<House>>(&"[".repeat(1_000_000)).unwrap_err();
    assert_eq!(error.message(), "recursion limit exceeded at line 1 column 128");
}

/// Reads as `serde_json` does, but that it has no word for a field that is there twice.
fn check_text(text: &str) {
    match (parse(text), serde_json::from_str::<serde_json::Value>(text)) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{text:?}"),
        (Err(ours), Ok(_)) => assert!(ours.message().starts_with("duplicate"), "{text:?}: {ours}"),
        (Ok(_), Err(theirs)) => panic!("{text:?}: {theirs}"),
        (Err(_), Err(_)) => {}
    }
}

#[test]
fn texts_are_read_as_others_read_them() {
    for text in [
        " [ ] ",
        "[1, -0, 0, -0.0, 1e3, 1E-3, 1.5e+300, 18446744073709551615, 18446744073709551616]",
        "[-9223372036854775808, -9223372036854775809, 0.1, 123456789012345678901234567890, 5e-324]",
        "1e999",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "nul",
        "nulll",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        r#""\u00e9\ud83d\ude00\n\/\b\f\r\t\\\"""#,
        r#""\ud83d""#,
        r#""\ude00""#,
        r#""\ud83d\u0041""#,
        r#""\u12""#,
        r#""\u+123""#,
        r#""\x""#,
        r#""\"#,
        "\"\u{1}\"",
        "\"고무줄 \u{7f}\"",
        "\"",
        "\u{feff}1",
        "\u{a0}1",
        "truefalse",
        "[true,false,null]",
        "{\"a\":{\"a\":[{}]}} ",
    ] {
        check_text(text);
    }
    for depth in [126, 127, 128, 129] {
        check_text(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        check_text(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_as_others_read_it(text in r#"[\[\]{}:,"\\u0-9a-fnrtlse.+\- \n가]{0,24}"#) {
        check_text(&text);
    }

    #[test]
    fn any_number_is_read_as_others_read_it(text in r"-?[0-9]{1,22}(\.[0-9]{1,22})?([eE][+\-]?[0-9]{1,3})?") {
        check_text(&text);
    }

    #[test]
    fn any_tree_comes_back(numbers: Vec<f64>, names: Vec<String>, whole: i64) {
        let tree = serde_json::json!({ "numbers": numbers, "names": names, "whole": whole });
        prop_assert_eq!(parse(&tree.to_string()), Ok(tree.clone()));
        prop_assert_eq!(parse(&write_indented(&tree).unwrap()), Ok(tree));
    }
}
