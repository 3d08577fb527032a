//! Every published row of scaling and cost: none fails, none is left out.

use std::path::Path;

#[test]
fn every_row_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/scale");
    let (report, tally) = tests::conform::run(&folder).unwrap();
    assert_eq!((tally.failed, tally.skipped), (0, 0), "{report}");
    assert!(tally.passed >= 347, "only {} rows", tally.passed);
}
