//! The demo origin itself: other suites rely on it to fail in exactly the way they ask for.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop on the spot, as tests do")]

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use origin::{Health, Origin, Ports, Settings};

/// One request on a connection of its own; the answer as text, as far as it came.
fn send(url: &str, request_line: &str) -> (String, io::Result<()>) {
    let mut answer = Vec::new();
    let result = exchange(url, request_line, &mut answer);
    (String::from_utf8(answer).unwrap(), result)
}

fn exchange(url: &str, request_line: &str, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "{request_line} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")?;
    stream.read_to_end(answer)?;
    Ok(())
}

fn get(origin: &Origin, target: &str) -> String {
    let (answer, result) = send(&origin.url(), &format!("GET {target}"));
    result.unwrap();
    answer
}

#[test]
fn answers_and_counts() {
    let origin = Origin::start("a").unwrap();
    let answer = get(&origin, "/hello");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("x-origin: a\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\norigin a answers /hello\n"), "{answer}");
    assert!(get(&origin, "/healthz").ends_with("\r\n\r\nok\n"));

    let state = origin.state();
    assert_eq!((state.counters.requests, state.counters.health_requests), (1, 1));
    assert_eq!(state.counters.in_flight_max, 1);
    let head = state.last_request.unwrap();
    assert_eq!((head.method.as_str(), head.target.as_str()), ("GET", "/hello"));
    assert_eq!(head.headers.first(), Some(&("host".to_owned(), "test".to_owned())));
}

#[test]
fn refuses_connections_while_down_and_comes_back_on_the_same_port() {
    let origin = Origin::start("a").unwrap();
    let mut open = TcpStream::connect(origin.url().trim_start_matches("http://")).unwrap();
    origin.set(|settings| settings.down = true).unwrap();
    let (_, refused) = send(&origin.url(), "GET /");
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    open.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // Reset instead of closed when it was still waiting to be accepted.
    let cut = open.read(&mut [0; 1]).or_else(|error| match error.kind() {
        ErrorKind::ConnectionReset => Ok(0),
        _ => Err(error),
    });
    assert_eq!(cut.unwrap(), 0, "an open connection is cut");

    origin.set(|settings| settings.down = false).unwrap();
    assert!(get(&origin, "/").contains("origin a answers /"));
}

#[test]
fn resets_before_and_within_an_answer() {
    let origin = Origin::start("a").unwrap();
    origin.set(|settings| settings.reset = true).unwrap();
    let (answer, result) = send(&origin.url(), "GET /healthz");
    assert_eq!(result.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(answer, "");

    origin
        .set(|settings| *settings = Settings { reset_body: true, ..Settings::default() })
        .unwrap();
    let (answer, result) = send(&origin.url(), "GET /bytes?n=1000");
    assert_eq!(result.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1000"), "{head}");
    assert_eq!(body.len(), 500);
    assert!(get(&origin, "/healthz").ends_with("ok\n"), "health is not cut");
}

#[test]
fn waits_when_slow_and_when_hung() {
    let origin = Origin::start("a").unwrap();
    origin.set(|settings| settings.delay_ms = 80).unwrap();
    let started = Instant::now();
    get(&origin, "/healthz");
    assert!(started.elapsed() >= Duration::from_millis(80));

    origin.set(|settings| *settings = Settings { hang: true, ..Settings::default() }).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| get(&origin, "/late"));
        while origin.state().counters.in_flight == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(!waiting.is_finished());
        origin.set(|settings| settings.hang = false).unwrap();
        assert!(waiting.join().unwrap().contains("answers /late"));
    });
}

#[test]
fn reports_load_and_health_and_forced_statuses() {
    let origin = Origin::start("a").unwrap();
    origin
        .set(|settings| {
            settings.load = Some(0.93);
            settings.health = Health::Fail;
            settings.status = Some(500);
        })
        .unwrap();
    let health = get(&origin, "/healthz");
    assert!(health.starts_with("HTTP/1.1 503 "), "{health}");
    let load = "endpoint-load-metrics: JSON {\"cpu_utilization\":0.93}\r\n";
    assert!(health.contains(load), "{health}");
    assert!(get(&origin, "/").starts_with("HTTP/1.1 500 "));

    origin.clear().unwrap();
    assert_eq!(origin.state().settings, Settings::default());
    assert_eq!(origin.state().counters.requests, 0);
}

#[test]
fn is_controlled_over_http() {
    let origin = Origin::start("a").unwrap();
    let control = origin.control_url();
    let (answer, _) = send(&control, "POST /_origin/set?down=true&load=0.5");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(origin.state().settings.down);

    let (answer, _) = send(&control, "POST /_origin/set?down=perhaps&load=0.1");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("expected true or false"), "{answer}");
    assert_eq!(origin.state().settings.load, Some(0.5), "all changes or none");

    send(&control, "POST /_origin/clear").1.unwrap();
    assert!(get(&origin, "/").contains("origin a"));
    assert!(send(&control, "GET /elsewhere").0.starts_with("HTTP/1.1 404 "));
}

#[test]
fn a_taken_port_is_named() {
    let first = Origin::start("a").unwrap();
    let port: u16 = first.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Origin::start_on("b", Ports { serve: port, ..Ports::default() }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[test]
fn ordinary_paths() {
    let origin = Origin::start("a").unwrap();
    for (target, expected) in [
        ("/status/204", "HTTP/1.1 204 No Content\r\n"),
        ("/status/418", "HTTP/1.1 418 I'm a teapot\r\n"),
        ("/status/99", "expected 200 to 599"),
        ("/redirect?to=/x&status=307", "location: /x\r\n"),
        ("/bytes?n=many", "`n` cannot be `many`: expected a number"),
        ("/stream?chunks=2&delay_ms=1", "origin a chunk 2 of 2\n"),
        ("/echo?x=1", "\"target\":\"/echo?x=1\""),
    ] {
        let answer = get(&origin, target);
        assert!(answer.contains(expected), "{target}: {answer}");
    }
    assert_eq!(get(&origin, "/cookies").matches("set-cookie: ").count(), 3);
}
