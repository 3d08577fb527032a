//! The three demo origins: programs of their own, so that one can die as real servers do.

use std::path::Path;

use anyhow::Result;

use crate::process::Process;
use crate::project::Project;

#[derive(Clone, Debug)]
pub(super) struct DemoOrigin {
    pub(super) name: &'static str,
    pub(super) port: u16,
}

impl DemoOrigin {
    pub(super) fn three(first: u16) -> Vec<Self> {
        ["a", "b", "c"].into_iter().zip(first..).map(|(name, port)| Self { name, port }).collect()
    }

    pub(super) fn control_port(&self) -> u16 {
        self.port.saturating_add(1000)
    }

    pub(super) fn control_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.control_port())
    }

    pub(super) fn start(&self, project: &Project, program: &Path) -> Result<Process> {
        let mut command = project.command(program);
        command.args(["--name", self.name, "--port", &self.port.to_string()]);
        // Its first line is for programs.
        command.stdout(std::process::Stdio::null());
        Process::start(command, &format!("origin {}", self.name))
    }
}

/// The configuration of the Worker for these origins.
pub(super) fn configuration(origins: &[DemoOrigin]) -> String {
    let entries: Vec<String> = origins
        .iter()
        .map(|DemoOrigin { name, port }| {
            format!(r#"{{"id":"{name}","url":"http://127.0.0.1:{port}"}}"#)
        })
        .collect();
    format!(r#"{{"origins":[{}]}}"#, entries.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_names_each_origin() {
        let two = &DemoOrigin::three(9001)[..2];
        let expected = concat!(
            r#"{"origins":[{"id":"a","url":"http://127.0.0.1:9001"},"#,
            r#"{"id":"b","url":"http://127.0.0.1:9002"}]}"#
        );
        assert_eq!(configuration(two), expected);
    }
}
