//! The inspector's content as data: which settings a thing has, with unit, range and value, and
//! how a change of one of them becomes new settings.
//!
//! Every setting has the path that it has in the document, such as `health_check.interval_s` or
//! `policies[1].alarm.period_s`. Issues of the validation name the same paths, so an issue finds
//! its field by comparing two strings.
//!
//! `parts` has what forms are built from; each other file describes one thing. A test demands a
//! field for every setting of the document's schema, so a new setting cannot be forgotten here.

mod alarm;
mod balancer;
mod change;
mod common;
mod control;
mod convert;
mod dependency;
mod eligibility;
mod faults;
mod fleet;
mod group;
mod law;
mod link;
pub mod parts;
mod policy;
mod pricing;
mod requests;
mod run;
mod server;
mod slider;
mod source;

pub use alarm::{metric_key, metric_name, metric_unit};
pub use balancer::policy_key;
pub use change::{Change, ChangeError, change_link, change_run, change_settings};
pub use common::common;
pub use control::{Control, Number, Syntax, Text, Unit};
pub use faults::{fault_key, fits};
pub use link::link_form;
pub use pricing::prices_of;
pub use run::run_form;
pub use slider::Slider;

use super::notice;
use serde_json::Value;
use shared::design::{Design, Issue, Place, Settings};

/// The form of a node.
pub fn settings_form(settings: &Settings) -> Vec<Part> {
    match settings {
        Settings::Source(source) => source::source_form(source),
        Settings::Balancer(balancer) => balancer::balancer_form(balancer),
        Settings::Group(group) => group::group_form(group),
        Settings::Dependency(dependency) => dependency::dependency_form(dependency),
    }
}

/// The key of the sentence that explains the setting, section or list with this label.
pub fn help_key(label: &str) -> String {
    let kinds = ["field-", "section-", "list-"];
    let name = kinds.iter().find_map(|kind| label.strip_prefix(kind)).unwrap_or(label);
    format!("help-{name}")
}

/// The key of the label of the setting that an issue is about; `None` if no form shows it.
pub fn label_of(design: &Design, issue: &Issue) -> Option<&'static str> {
    let form = match issue.at {
        Place::Design => run_form(design),
        Place::Node(id) => settings_form(&design.node(id)?.settings),
        Place::Link(id) => {
            let link = design.links.get(&id)?;
            link_form(link, design.node(link.from).map(|node| node.settings.kind()))
        }
    };
    Some(shown_at(&form, issue.problem.field()?)?.1)
}

/// Where a form shows what is wrong with the setting at `path`, and the key of the label there: at
/// the setting itself, or at the innermost list, switch or text that holds it.
pub fn shown_at<'a>(parts: &'a [Part], path: &str) -> Option<(&'a str, &'static str)> {
    let holds = |outer: &str| {
        let rest = path.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    parts.iter().find_map(|part| match part {
        Part::Field(field) => holds(&field.path).then_some((&*field.path, field.label)),
        Part::Section { parts, .. } => shown_at(parts, path),
        Part::Optional(optional) => {
            let inside = optional.parts.as_deref().and_then(|parts| shown_at(parts, path));
            inside.or_else(|| holds(&optional.path).then_some((&*optional.path, optional.title)))
        }
        Part::List(list) => {
            let mut items = list.items.iter();
            let inside = items.find_map(|item| shown_at(&item.parts, path));
            inside.or_else(|| holds(&list.path).then_some((&*list.path, list.title)))
        }
    })
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// One setting.
    Field(Field),
    /// Settings under a common heading.
    Section {
        /// Key of the heading.
        title: &'static str,
        /// The settings.
        parts: Vec<Self>,
    },
    /// Settings that may all be left out together.
    Optional(Optional),
    /// A list to which things can be added.
    List(List),
}

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Path in the document.
    pub path: String,
    /// Key of the label.
    pub label: &'static str,
    /// How it is edited, with its value.
    pub control: Control,
}

/// Settings that may all be left out together: a switch, and the settings while it is on.
#[derive(Clone, Debug, PartialEq)]
pub struct Optional {
    /// Path in the document.
    pub path: String,
    /// Key of the heading.
    pub title: &'static str,
    /// What switching on puts there.
    pub default: Value,
    /// The settings; `None` while they are left out.
    pub parts: Option<Vec<Part>>,
}

/// A list of like things.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Path in the document.
    pub path: String,
    /// Key of the heading.
    pub title: &'static str,
    /// Key of the button that adds one.
    pub add: &'static str,
    /// What can be added; a menu if there is more than one.
    pub additions: Vec<Addition>,
    /// Most items that there may be.
    pub max: usize,
    /// How an item is laid out.
    pub layout: Layout,
    /// The items.
    pub items: Vec<ListItem>,
}

/// Something that can be added to a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// Key of its name.
    pub label: &'static str,
    /// The change of the list that adds it.
    pub change: Change,
}

/// How the items of a list are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A card with a heading each.
    Cards,
    /// A row each.
    Rows,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListItem {
    /// Its heading.
    pub title: notice::Text,
    /// Its settings.
    pub parts: Vec<Part>,
}

#[cfg(test)]
pub(crate) mod tests;
