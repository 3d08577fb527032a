//! An SVG picture that carries the design: a picture for every program, a design for this one.
//!
//! The design is in a `metadata` element as the JSON of a file, escaped as XML text. Colours and
//! fonts are written out, because a picture has no style sheet of the page's.

use crate::editor::geometry::{Curve, WorldRect, in_port, out_port};
use shared::design::{Design, Node, NodeKind, to_json};
use std::fmt::Write as _;

/// Space around the drawing, world units.
const MARGIN: f64 = 32.0;
const BEGIN: &str = "<metadata id=\"gomujul\">";
const END: &str = "</metadata>";
const FONT: &str = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans KR', sans-serif";

/// The design as a picture. `note` gives the second line of a card.
pub fn picture(design: &Design, note: impl Fn(&Node) -> String) -> String {
    let cards = design.nodes.values().map(|node| WorldRect::of_node(node));
    let empty = WorldRect { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    let all = WorldRect::around(cards).unwrap_or(empty);
    let (left, top) = (all.left - MARGIN, all.top - MARGIN);
    let (width, height) = (all.width() + 2.0 * MARGIN, all.height() + 2.0 * MARGIN);
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{left} {top} {width} {height}\" font-family=\"{FONT}\">"
    );
    let _ = writeln!(out, "<title>{}</title>", escaped(&design.name));
    let _ = writeln!(out, "{BEGIN}{}{END}", escaped(&to_json(design)));
    let _ = writeln!(
        out,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"#f6f7f9\"/>"
    );
    for link in design.links.values() {
        write_link(&mut out, design, link);
    }
    for node in design.nodes.values() {
        write_card(&mut out, node, &note(node));
    }
    out.push_str("</svg>\n");
    out
}

fn write_link(out: &mut String, design: &Design, link: &shared::design::Link) {
    let (Some(from), Some(to)) = (design.node(link.from), design.node(link.to)) else { return };
    let Some(port) = out_port(from) else { return };
    let [a, b, c, d] = Curve::link(port, in_port(to)).points;
    let _ = writeln!(
        out,
        "<path d=\"M{} {} C{} {} {} {} {} {}\" fill=\"none\" stroke=\"#8793a5\" \
         stroke-width=\"2\"/><circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"#8793a5\"/>",
        a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y, d.x, d.y
    );
}

fn write_card(out: &mut String, node: &Node, note: &str) {
    let rect = WorldRect::of_node(node);
    let (left, top) = (rect.left, rect.top);
    let (text_x, name_y, note_y) = (left + 16.0, top + 32.0, top + 54.0);
    let stroke = match node.settings.kind() {
        NodeKind::Source => "#56b4e9",
        NodeKind::Balancer => "#d9480f",
        NodeKind::Group => "#009e73",
        NodeKind::Dependency => "#cc79a7",
    };
    let _ = writeln!(
        out,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"#ffffff\" \
         stroke=\"{stroke}\" stroke-width=\"2\"/>\
         <text x=\"{text_x}\" y=\"{name_y}\" font-size=\"15\" font-weight=\"600\" \
         fill=\"#1c2430\">{}</text>\
         <text x=\"{text_x}\" y=\"{note_y}\" font-size=\"12\" fill=\"#4a5565\">{}</text>",
        rect.width(),
        rect.height(),
        escaped(&node.name),
        escaped(note)
    );
}

/// Whether a file's text is a picture and not a design document, which begins with a brace.
pub fn is_picture(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// The design document inside a picture; `None` if the picture carries none.
pub fn design_of_picture(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (json, _) = rest.split_once(END)?;
    // `&amp;` last, or an escaped `&lt;` in a name would be read twice.
    Some(json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// Text as XML: markup escaped, and characters left out that XML does not have.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared::design::{Edit, from_json, presets};
    use shared::id::NodeId;
    use std::sync::Arc;

    #[test]
    fn every_template_comes_back_out_of_its_picture() {
        for (id, design) in presets::all() {
            let svg = picture(&design, |_| "note & more".to_owned());
            assert!(is_picture(&svg), "{id}");
            let json = design_of_picture(&svg).expect(id);
            assert_eq!(from_json(&json).as_ref(), Ok(&design), "{id}");
        }
    }

    #[test]
    fn a_strange_picture_carries_none() {
        assert_eq!(design_of_picture("<svg></svg>"), None);
        assert_eq!(design_of_picture("<svg><metadata id=\"gomujul\">{}"), None);
        assert!(!is_picture("{\"version\": 1}"));
    }

    proptest! {
        #[test]
        fn any_name_survives(name in "\\PC{0,40}") {
            let mut design = presets::seven_steps();
            let mut node = design.node(NodeId(1)).unwrap().clone();
            node.name = name;
            design.apply(Edit::SetNode(NodeId(1), Arc::new(node))).unwrap();
            let svg = picture(&design, |_| String::new());
            let json = design_of_picture(&svg).unwrap();
            prop_assert_eq!(from_json(&json).unwrap(), design);
        }
    }
}
