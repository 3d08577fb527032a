//! All conformance vectors of this repository pass, and none is skipped.

use std::path::Path;
use tests::conform;

#[test]
fn published_figures_come_out_of_the_cores() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let (report, tally) = conform::run(&folder).unwrap();
    assert!(tally.passed > 0, "{report}");
    assert_eq!((tally.failed, tally.skipped), (0, 0), "{report}");
}
