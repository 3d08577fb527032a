//! No setting is forgotten: whatever the document's schema has, the forms have a field for.

use super::ALL_SETTINGS;
use super::run::{all_links, all_runs};
use crate::editor::form::{link_form, parts::json, run_form, settings_form};
use serde_json::Value;
use shared::design::{Document, NodeKind};
use std::collections::BTreeSet;

/// `path` in `document` with the types of what it goes through and without the numbers of list
/// items: `<group>.policies[]<step>.alarm.period_s`.
pub(super) fn typed_path(document: &Value, path: &str) -> String {
    let mut at = document;
    let mut typed = tag(at);
    for segment in path.split('.') {
        let (name, index) = segment.split_once('[').unwrap_or((segment, ""));
        typed.push('.');
        typed.push_str(name);
        at = &at[name];
        if let Some(index) = index.strip_suffix(']') {
            typed.push_str("[]");
            at = &at[index.parse::<usize>().expect("the index of a list item")];
        }
        typed.push_str(&tag(at));
    }
    typed
}

fn tag(value: &Value) -> String {
    value["type"].as_str().map(|tag| format!("<{tag}>")).unwrap_or_default()
}

/// Collects the paths of all values that `schema` allows, as [`typed_path`] writes them.
fn leaves(schema: &Value, all: &Value, path: &str, found: &mut BTreeSet<String>) {
    let kind = &schema["properties"]["type"]["const"];
    let path = kind.as_str().map_or_else(|| path.to_owned(), |tag| format!("{path}<{tag}>"));
    let inner = |name: &str| schema[name].as_array().into_iter().flatten();
    let mut is_leaf = true;
    if let Some(target) = schema["$ref"].as_str() {
        is_leaf = false;
        let name = target.rsplit('/').next().expect("the name of a definition");
        leaves(&all["$defs"][name], all, &path, found);
    }
    for variant in inner("oneOf").chain(inner("anyOf")).chain(inner("allOf")) {
        is_leaf = false;
        if variant["type"] != "null" {
            leaves(variant, all, &path, found);
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        is_leaf = false;
        leaves(property, all, &format!("{path}.{name}"), found);
    }
    if schema["items"].is_object() {
        is_leaf = false;
        leaves(&schema["items"], all, &format!("{path}[]"), found);
    }
    if is_leaf {
        found.insert(path);
    }
}

/// What the definition `name` of the document allows.
fn allowed(name: &str) -> BTreeSet<String> {
    let all = schemars::schema_for!(Document).to_value();
    let mut found = BTreeSet::new();
    leaves(&all["$defs"][name], &all, "", &mut found);
    assert!(!found.is_empty(), "no definition {name}");
    found
}

fn none_is_missing(allowed: &BTreeSet<String>, shown: &BTreeSet<String>) {
    let missing: Vec<&String> = allowed.difference(shown).collect();
    assert!(missing.is_empty(), "no form has a field for {missing:#?}\nshown: {shown:#?}");
}

#[test]
fn every_setting_of_a_node_has_a_field() {
    let mut shown = BTreeSet::new();
    for settings in ALL_SETTINGS.iter() {
        let document = json(settings);
        let form = settings_form(settings);
        shown.extend(super::fields(&form).iter().map(|field| typed_path(&document, &field.path)));
    }
    let mut allowed = allowed("Settings");
    // A recorded series is one text.
    assert!(allowed.remove("<source>.traffic<recorded>.points[]"), "series have no points");
    assert!(shown.contains("<source>.traffic<recorded>.points"));
    // A node never becomes another kind of node.
    for kind in ["source", "balancer", "group", "dependency"] {
        assert!(allowed.remove(&format!("<{kind}>.type")), "{kind} has no type");
    }
    none_is_missing(&allowed, &shown);
}

#[test]
fn every_setting_of_a_link_and_of_the_run_has_a_field() {
    let mut shown = BTreeSet::new();
    for design in all_runs() {
        let document = json(&design.run);
        let form = run_form(&design);
        shown.extend(super::fields(&form).iter().map(|field| typed_path(&document, &field.path)));
    }
    let mut of_run = allowed("RunSettings");
    // A deploy starts when its fault does.
    assert!(of_run.remove(".faults[].what<deploy>.refresh.at_s"), "deploys have no time");
    none_is_missing(&of_run, &shown);
    let mut of_link = allowed("LinkEntry");
    // What a link is and where it goes is drawn, not typed.
    for drawn in [".id", ".from", ".to"] {
        assert!(of_link.remove(drawn), "links have no {drawn}");
    }
    let mut shown = BTreeSet::new();
    for link in all_links() {
        let document = serde_json::json!({ "latency": link.latency });
        for from in [NodeKind::Balancer, NodeKind::Group] {
            let form = link_form(&link, Some(from));
            let fields = super::fields(&form);
            shown.extend(fields.iter().map(|field| typed_path(&document, &field.path)));
        }
    }
    none_is_missing(&of_link, &shown);
}
