//! Starts the page.

fn main() {
    app::mount();
}
