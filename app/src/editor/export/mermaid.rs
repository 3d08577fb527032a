//! Mermaid: diagrams as text, which Markdown viewers draw.
//!
//! A flowchart from left to right; the shape of a node tells its kind. Mermaid reads names in
//! quotes and entity codes inside them, so that any name is safe.

use shared::design::{Design, NodeKind};
use std::fmt::Write as _;

/// The design as a Mermaid flowchart.
pub fn mermaid(design: &Design) -> String {
    let mut out = String::from("flowchart LR\n");
    // Writing to a string cannot fail.
    for (id, node) in &design.nodes {
        let (open, close) = match node.settings.kind() {
            NodeKind::Source => ("([", "])"),
            NodeKind::Balancer => ("{{", "}}"),
            NodeKind::Group => ("[[", "]]"),
            NodeKind::Dependency => ("[(", ")]"),
        };
        let _ = writeln!(out, "  {id}{open}\"{}\"{close}", quoted(&node.name));
    }
    for link in design.links.values() {
        let latency_ms = link.latency_law().mean_ms();
        let label = if latency_ms > 0.0 { format!("|\"{latency_ms} ms\"|") } else { String::new() };
        let _ = writeln!(out, "  {} -->{label} {}", link.from, link.to);
    }
    out
}

/// A name as it may stand between quotes: entity codes for what Mermaid would read as its own.
fn quoted(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | ';' | '`' | '\\' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::{Edit, presets};
    use shared::id::NodeId;
    use std::sync::Arc;

    #[test]
    fn the_story_as_text() {
        let text = mermaid(&presets::seven_steps());
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart LR"));
        assert!(text.contains("  n1([\""), "{text}");
        assert!(text.contains("  n2{{\""), "{text}");
        assert!(text.contains("  n1 -->"), "{text}");
    }

    #[test]
    fn names_cannot_break_out() {
        let mut design = presets::seven_steps();
        let mut node = design.node(NodeId(1)).unwrap().clone();
        node.name = "a\"]) --> x<br>#35;\n".to_owned();
        design.apply(Edit::SetNode(NodeId(1), Arc::new(node))).unwrap();
        let text = mermaid(&design);
        let line = text.lines().nth(1).unwrap();
        assert_eq!(line, "  n1([\"a#34;]) --#62; x#60;br#62;#35;35#59; \"])");
    }
}
