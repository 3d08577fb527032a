//! `gomujul traffic`: recorded traffic from a CSV file into a design.

use crate::{input, output};
use clap::Args as ClapArgs;
use shared::design::{Between, Design, Settings, Traffic, series_from_csv, to_json};
use std::sync::Arc;

/// What to read, and where it goes.
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Lines of time and requests a second; - for standard input.
    csv: String,
    /// The design that gets the traffic, a file or a link. Without one, the traffic alone is printed.
    #[arg(long)]
    design: Option<String>,
    /// The source that gets it, by its name or number. Not needed where there is one source.
    #[arg(long, requires = "design")]
    source: Option<String>,
    /// Go along straight lines between the points; otherwise each rate holds until the next.
    #[arg(long)]
    lines: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), String> {
    let text = input::text(&args.csv)?;
    let points = series_from_csv(&text).map_err(|error| format!("{}: {error}", args.csv))?;
    let between = if args.lines { Between::Lines } else { Between::Steps };
    let traffic = Traffic::Recorded { points, between };
    let Some(name) = &args.design else {
        let json = serde_json::to_string(&traffic).map_err(|error| error.to_string())?;
        return output::line(&json);
    };
    let mut design = input::read(name)?;
    put(&mut design, args.source.as_deref(), &traffic)?;
    output::text(&to_json(&design))
}

/// Gives the named source the traffic, or the only one.
fn put(design: &mut Design, wanted: Option<&str>, traffic: &Traffic) -> Result<(), String> {
    let is_source = |settings: &Settings| matches!(settings, Settings::Source(_));
    let named = |id: u32, name: &str| {
        wanted.is_none_or(|wanted| wanted == name || wanted.parse() == Ok(id))
    };
    let sources = design.nodes.iter_mut().filter(|(_, node)| is_source(&node.settings));
    let mut found: Vec<_> = sources.filter(|(id, node)| named(id.0, &node.name)).collect();
    match found.as_mut_slice() {
        [(_, node)] => {
            if let Settings::Source(source) = &mut Arc::make_mut(node).settings {
                source.traffic = traffic.clone();
            }
            Ok(())
        }
        [] => Err(match wanted {
            Some(wanted) => format!("no source is called \"{wanted}\": name one by name or number"),
            None => "the design has no source: add one".to_owned(),
        }),
        several => {
            let names: Vec<String> =
                several.iter().map(|(id, node)| format!("{} ({})", id.0, node.name)).collect();
            Err(format!("several sources: name one with --source: {}", names.join(", ")))
        }
    }
}
