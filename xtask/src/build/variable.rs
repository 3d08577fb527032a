//! The Worker's variable in wrangler.toml: a wrong one fails the build, and with it the deployment,
//! so that the Worker that runs goes on. Without the variable there is nothing to check and nothing
//! to build.

use anyhow::{Context as _, Result};

use crate::process;
use crate::project::Project;

const FILE: &str = "wrangler.toml";
const NAME: &str = "GOMUJUL_CONFIG";

/// Fails when wrangler.toml has a configuration that the Worker would refuse.
pub(super) fn refuse_wrong(project: &Project) -> Result<()> {
    if !holds_variable(&project.read(FILE)?)? {
        return Ok(());
    }
    check(project, &[FILE.to_owned(), "--quiet".to_owned()])
        .with_context(|| format!("{NAME} in {FILE} is wrong, and nothing was deployed"))
}

/// `gomujul edge check`.
pub(crate) fn check(project: &Project, arguments: &[String]) -> Result<()> {
    let mut command = project.command(super::program(project, "cli", "gomujul")?);
    command.args(["edge", "check"]).args(arguments);
    process::run(command, "gomujul edge check")
}

/// Whether the file sets the variable, for itself or for one of its environments.
fn holds_variable(wrangler: &str) -> Result<bool> {
    let wrangler: toml::Table = wrangler.parse().with_context(|| format!("reading {FILE}"))?;
    let holds =
        |table: &toml::Table| table.get("vars").is_some_and(|vars| vars.get(NAME).is_some());
    let environments = wrangler.get("env").and_then(toml::Value::as_table);
    let mut environments = environments.into_iter().flat_map(toml::Table::values);
    Ok(holds(&wrangler) || environments.any(|it| it.as_table().is_some_and(holds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_found_wherever_wrangler_takes_it_from() {
        for (text, holds) in [
            ("name = \"x\"", false),
            ("# [vars.GOMUJUL_CONFIG]\n[vars]\nOTHER = 1", false),
            ("[vars]\nGOMUJUL_CONFIG = \"{}\"", true),
            ("[vars.GOMUJUL_CONFIG]\nname = \"x\"", true),
            ("[env.staging.vars.GOMUJUL_CONFIG]\nname = \"x\"", true),
        ] {
            assert_eq!(holds_variable(text).unwrap(), holds, "{text}");
        }
        assert!(holds_variable("[vars").is_err());
    }
}
