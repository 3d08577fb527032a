//! From what the form says to the runs that answer it.

use crate::i18n::{self, Locale};
use crate::run::Question;
use serde_json::Value;
use shared::design::{Design, Settings};
use shared::experiment::{Experiment, ExperimentError, Field, FieldError, ScaleError};
use shared::json;

/// What the form says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    pub(super) question: Question,
    pub(super) replications: String,
    /// One part in so many is simulated.
    pub(super) scale: String,
    /// One or two settings, each with its value or values.
    pub(super) settings: [(String, String); 2],
}

impl Default for Form {
    fn default() -> Self {
        Self {
            question: Question::Compare,
            replications: "10".to_owned(),
            scale: "1".to_owned(),
            settings: Default::default(),
        }
    }
}

/// Why a form has no answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// The number of runs is none.
    Replications(String),
    /// What should be one part in so many is no number.
    Scale(String),
    /// Both designs of a comparison are the same.
    Same,
    /// A sweep has no setting, or a setting has no values.
    NoValues,
    /// A setting or its value makes no sense.
    Field(FieldError),
    /// The runs make no sense.
    Experiment(ExperimentError),
}

impl From<FieldError> for Trouble {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

/// The experiment, and the names of its designs.
pub(super) struct Plan {
    pub(super) names: Vec<Vec<String>>,
    pub(super) experiment: Experiment,
}

/// The runs that answer `form` about `design`; `kept` is the design that was set aside.
pub(super) fn plan(form: &Form, design: &Design, kept: Option<&Design>) -> Result<Plan, Trouble> {
    let replications: u32 = form
        .replications
        .trim()
        .parse()
        .map_err(|_| Trouble::Replications(form.replications.clone()))?;
    let (names, designs) = match form.question {
        Question::Repeat => (vec![vec![design.name.clone()]], vec![design.clone()]),
        Question::Compare => pair(form, design, kept)?,
        Question::Sweep => sweep(form, design)?,
    };
    let scale: u32 = form.scale.trim().parse().map_err(|_| Trouble::Scale(form.scale.clone()))?;
    let mut experiment = Experiment::new(designs, replications).map_err(Trouble::Experiment)?;
    if scale != 1 {
        experiment = experiment.in_parts(scale).map_err(Trouble::Experiment)?;
    }
    Ok(Plan { names, experiment })
}

type Designs = (Vec<Vec<String>>, Vec<Design>);

fn pair(form: &Form, design: &Design, kept: Option<&Design>) -> Result<Designs, Trouble> {
    let first = kept.unwrap_or(design).clone();
    let mut second = design.clone();
    let mut changes = Vec::new();
    for (name, value) in form.settings.iter().filter(|(name, _)| !name.trim().is_empty()) {
        let field = Field::parse(&second, name.trim())?;
        second = field.set(&second, value.trim())?;
        changes.push(format!("{} = {}", name.trim(), value.trim()));
    }
    // Common random numbers: both runs of a pair have the first design's seed.
    if (Design { name: String::new(), ..first.clone() })
        == (Design { name: String::new(), ..second.clone() })
    {
        return Err(Trouble::Same);
    }
    let second_name = if changes.is_empty() { second.name.clone() } else { changes.join(", ") };
    Ok((vec![vec![first.name.clone()], vec![second_name]], vec![first, second]))
}

/// Every combination of the values.
fn sweep(form: &Form, design: &Design) -> Result<Designs, Trouble> {
    let mut all = vec![(Vec::new(), design.clone())];
    for (name, values) in form.settings.iter().filter(|(name, _)| !name.trim().is_empty()) {
        let field = Field::parse(design, name.trim())?;
        let values: Vec<&str> =
            values.split(',').map(str::trim).filter(|value| !value.is_empty()).collect();
        let mut more = Vec::new();
        for (names, design) in &all {
            for value in &values {
                let names: Vec<String> =
                    names.iter().cloned().chain([(*value).to_owned()]).collect();
                more.push((names, field.set(design, value)?));
            }
        }
        all = more;
    }
    if all.iter().all(|(names, _)| names.is_empty()) {
        return Err(Trouble::NoValues);
    }
    Ok(all.into_iter().unzip())
}

/// The trouble in words.
pub(super) fn say(locale: Locale, trouble: &Trouble) -> String {
    let say = |key: &str, args: &[(&str, &str)]| {
        let args: Vec<_> = args.iter().map(|&(name, value)| (name, value.into())).collect();
        i18n::format(locale, key, &args)
    };
    match trouble {
        Trouble::Replications(text) => say("lab-bad-count", &[("value", text)]),
        Trouble::Scale(text) => say("lab-bad-scale", &[("value", text)]),
        Trouble::Same => say("lab-same", &[]),
        Trouble::NoValues => say("lab-no-values", &[]),
        Trouble::Field(FieldError::NoSuchThing { name, .. }) => {
            say("lab-no-thing", &[("name", name)])
        }
        Trouble::Field(FieldError::NoSuchField { path }) => say("lab-no-field", &[("name", path)]),
        Trouble::Field(FieldError::Ambiguous { path, instead }) => {
            say("lab-ambiguous", &[("name", path), ("instead", &instead.join(", "))])
        }
        Trouble::Field(FieldError::Value { path, value }) => {
            say("lab-bad-value", &[("name", path), ("value", value)])
        }
        Trouble::Experiment(ExperimentError::Jobs { jobs }) => {
            say("lab-bad-jobs", &[("count", &jobs.to_string())])
        }
        Trouble::Experiment(ExperimentError::Broken { design, .. }) => {
            say("lab-broken", &[("number", &(design + 1).to_string())])
        }
        Trouble::Experiment(ExperimentError::Scale { error, .. }) => match error {
            ScaleError::Factor { factor } => {
                say("lab-bad-scale", &[("value", &factor.to_string())])
            }
            ScaleError::Indivisible { node, field, value, factor } => {
                let (value, factor) = (value.to_string(), factor.to_string());
                let args = [("node", node.as_str()), ("field", *field), ("value", &value)];
                say("lab-indivisible", &[&args[..], &[("factor", &factor)]].concat())
            }
            ScaleError::OneServer { node } => say("lab-scale-one-server", &[("node", node)]),
            ScaleError::Hpa { node } => say("lab-scale-hpa", &[("node", node)]),
        },
    }
}

/// The settings that a sweep can change, as [`Field`] takes them.
pub(super) fn fields(design: &Design) -> Vec<String> {
    let mut found = Vec::new();
    for (id, node) in &design.nodes {
        let settings = json::to_value(&node.settings).unwrap_or_default();
        leaves(&settings, &format!("nodes[{}]", id.0), &mut found);
    }
    for id in design.links.keys() {
        found.push(format!("links[{}].latency_ms", id.0));
    }
    let run = json::to_value(&design.run).unwrap_or_default();
    leaves(&run, "run", &mut found);
    found.retain(|path| Field::parse(design, path).is_ok());
    found
}

fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                leaves(value, &format!("{path}.{name}"), found);
            }
        }
        Value::Number(_) | Value::String(_) => found.push(path.to_owned()),
        Value::Null | Value::Bool(_) | Value::Array(_) => {}
    }
}

/// The balancing policy of the only balancer, for the example in the form.
pub(super) fn has_balancer(design: &Design) -> bool {
    design.nodes.values().any(|node| matches!(node.settings, Settings::Balancer(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::balance::PolicyConfig;
    use shared::design::presets;

    fn form(question: Question, settings: [(&str, &str); 2]) -> Form {
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Form { question, replications: "2".to_owned(), scale: "1".to_owned(), settings }
    }

    fn trouble(form: &Form, design: &Design) -> Trouble {
        plan(form, design, None).err().expect("the form makes no sense")
    }

    #[test]
    fn a_sweep_has_every_combination() {
        let design = presets::ten_servers(PolicyConfig::RoundRobin);
        let form = form(Question::Sweep, [("cores", "1, 2,3"), ("service.mean_ms", "5,10")]);
        let plan = plan(&form, &design, None).unwrap();
        assert_eq!(plan.names.len(), 6);
        assert_eq!(plan.names[1], ["1", "10"]);
        assert_eq!(plan.experiment.progress(), (0, 12));
    }

    #[test]
    fn a_comparison_is_with_the_kept_design_or_with_another_setting() {
        let design = presets::ten_servers(PolicyConfig::RoundRobin);
        let kept = presets::ten_servers(PolicyConfig::LeastOutstandingRequests);
        let none = form(Question::Compare, [("", ""), ("", "")]);
        assert_eq!(trouble(&none, &design), Trouble::Same);
        assert_eq!(plan(&none, &design, Some(&kept)).unwrap().experiment.progress(), (0, 4));
        let other = form(Question::Compare, [("policy.type", "random"), ("", "")]);
        assert_eq!(plan(&other, &design, None).unwrap().names[1], ["policy.type = random"]);
    }

    #[test]
    fn every_trouble_has_words() {
        let design = presets::ten_servers(PolicyConfig::RoundRobin);
        let sweep = |name, values| form(Question::Sweep, [(name, values), ("", "")]);
        let troubles = [
            trouble(&Form { replications: "many".to_owned(), ..Form::default() }, &design),
            trouble(&Form { replications: "0".to_owned(), ..sweep("cores", "1") }, &design),
            trouble(&Form { scale: "half".to_owned(), ..sweep("cores", "1") }, &design),
            trouble(&Form { scale: "0".to_owned(), ..sweep("cores", "1") }, &design),
            trouble(&Form { scale: "3".to_owned(), ..sweep("cores", "1") }, &design),
            trouble(&sweep("", ""), &design),
            trouble(&sweep("nodes[99].cores", "1"), &design),
            trouble(&sweep("speed", "1"), &design),
            trouble(&sweep("policy.type", "best"), &design),
            trouble(&sweep("service.mean_ms", "-4"), &design),
        ];
        for locale in Locale::ALL {
            for trouble in &troubles {
                let words = say(locale, trouble);
                assert!(!words.contains(['⟨', '{']) && words.len() > 10, "{trouble:?}: {words}");
            }
        }
    }

    #[test]
    fn every_field_offered_can_be_named() {
        for (name, design) in presets::all() {
            let fields = fields(&design);
            assert!(fields.iter().any(|field| field.ends_with("traffic.type")), "{name}");
            assert!(fields.contains(&"run.duration_s".to_owned()), "{name}");
        }
    }
}
