//! The cron trigger: on the platform it fires by itself, on this machine somebody has to.

use std::time::Duration;

use super::worker;
use crate::process;

/// The shortest period that the platform knows, and the one in wrangler.toml.
const PERIOD: Duration = Duration::from_secs(60);
/// Probes of hanging origins take their time.
const LIMIT: Duration = Duration::from_secs(45);

/// Fires at once and then every minute until this program is interrupted.
pub(super) fn run(port: u16) {
    let url = format!("http://127.0.0.1:{port}/__scheduled?cron=*+*+*+*+*");
    loop {
        match worker::get(&url, LIMIT) {
            Ok(200) => {}
            Ok(status) => println!("the cron trigger was answered with status {status}"),
            Err(error) => println!("the cron trigger did not run: {error}"),
        }
        if process::sleep(PERIOD).is_err() {
            return;
        }
    }
}
