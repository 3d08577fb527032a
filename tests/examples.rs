//! The files in `examples/` are the presets, exactly.
//!
//! After a change of a preset, `GOMUJUL_UPDATE=1 cargo test -p tests --test examples` writes them.

use shared::design::{presets, to_json};
use std::path::Path;

#[test]
fn files_are_the_presets() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let presets = presets::all();
    for (name, design) in &presets {
        let (path, text) = (folder.join(format!("{name}.json")), to_json(design));
        if std::env::var_os("GOMUJUL_UPDATE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap();
        assert_eq!(found, text, "{} is out of date", path.display());
    }
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, presets.len(), "examples/ holds a file that is no preset");
}
