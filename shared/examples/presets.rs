//! Writes every preset as a file: `cargo run -p shared --example presets -- examples`.

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "examples".to_owned());
    for (name, design) in shared::design::presets::all() {
        std::fs::write(format!("{folder}/{name}.json"), shared::design::to_json(&design))?;
    }
    Ok(())
}
