//! Formulas against published values, against each other, and against chains solved numerically.

use super::*;
use crate::math;

fn close(what: &str, got: f64, expected: f64, relative: f64) {
    let error = (got / expected - 1.0).abs();
    assert!(error < relative, "{what}: {got} for {expected}");
}

/// Table 5.1 of the references: P(wait), Wq, T and the percentiles of T, with μ = 1.
#[test]
fn erlang_c_tables() {
    let rows = [
        (1, 0.8, 0.8, 4.0, 5.0, [3.4657, 14.9787, 23.0259]),
        (1, 0.9, 0.9, 9.0, 10.0, [6.9315, 29.9573, 46.0517]),
        (2, 0.8, 0.711_111, 1.777_778, 2.777_778, [2.0400, 7.9107, 11.9374]),
        (4, 0.8, 0.596_432, 0.745_541, 1.745_541, [1.3462, 4.7380, 6.8932]),
        (4, 0.9, 0.787_753, 1.969_383, 2.969_383, [2.2545, 8.1655, 12.1932]),
        (10, 0.8, 0.409_180, 0.204_590, 1.204_590, [0.9121, 3.3283, 4.9461]),
    ];
    for (servers, load, waits, wait, response, percentiles) in rows {
        let what = format!("M/M/{servers} at {load}");
        let queue = Mmc::new(load * f64::from(servers), 1.0, servers).unwrap();
        close(&what, queue.wait_probability(), waits, 2e-6);
        close(&what, queue.mean_wait(), wait, 2e-6);
        close(&what, queue.mean_response(), response, 2e-6);
        for (share, expected) in [0.5, 0.95, 0.99].into_iter().zip(percentiles) {
            close(&what, queue.response_quantile(share), expected, 6e-5);
        }
    }
    // ETH ASL-2017, as the tests of the package qsmmm have it: λ 9, μ 5.
    close("c = 2", Mmc::new(9.0, 5.0, 2).unwrap().mean_waiting(), 7.674, 1e-4);
    close("c = 4", Mmc::new(9.0, 5.0, 4).unwrap().mean_waiting(), 0.105, 5e-3);
    let r = Mmc::new(5.0, 10.0, 2).unwrap();
    close("R queueing, P(wait)", r.wait_probability(), 0.1, 1e-9);
    close("R queueing, Wq", r.mean_wait(), 0.006_666_7, 1e-5);
}

/// Large pools and loads near one: no overflow, no loss of digits.
#[test]
fn erlang_c_at_the_edges() {
    for servers in [1, 171, 1_000, 10_000] {
        for load in [0.01, 0.5, 0.999] {
            let queue = Mmc::new(load * f64::from(servers), 1.0, servers).unwrap();
            let waits = queue.wait_probability();
            assert!((0.0..=1.0).contains(&waits), "{servers} {load}: {waits}");
            let p99 = queue.response_quantile(0.99);
            close("tail at p99", queue.response_tail(p99), 0.01, 1e-9);
            assert!(queue.wait_quantile(0.99) < p99);
        }
    }
    // Halfin and Whitt 1981: as c grows, P(wait) tends to 1 / (1 + β Φ(β) / φ(β)) with
    // c = a + β √a.
    let queue = Mmc::new(9_990.0, 1.0, 10_000).unwrap();
    let beta = 10.0 / math::sqrt(9_990.0);
    let density = math::exp(-beta * beta / 2.0) / math::sqrt(2.0 * std::f64::consts::PI);
    let limit = 1.0 / (1.0 + beta * (1.0 - law::normal_tail(beta)) / density);
    close("Halfin and Whitt", queue.wait_probability(), limit, 5e-3);
}

/// Finite queues: published rows, and M/M/c as the limit of a long one.
#[test]
fn finite_queues() {
    let equal = Mmck::new(1.0, 1.0, 1, 9).unwrap();
    close("λ = μ, K = 10", equal.mean_in_system(), 5.0, 1e-12);
    close("λ = μ, K = 10", equal.refused(), 1.0 / 11.0, 1e-12);
    for (load, refused, present) in
        [(0.9, 0.050_813_7, 3.969_44), (1.2, 0.192_586_5, 6.710_71), (2.0, 0.500_244_3, 9.005_37)]
    {
        let queue = Mmck::new(load, 1.0, 1, 9).unwrap();
        close("M/M/1/10 refuses", queue.refused(), refused, 2e-6);
        close("M/M/1/10 holds", queue.mean_in_system(), present, 2e-6);
    }
    close("T", Mmck::new(0.9, 1.0, 1, 9).unwrap().mean_response(), 4.646_60, 2e-6);
    close("goodput", Mmck::new(2.0, 1.0, 1, 9).unwrap().throughput(), 0.999_511_5, 1e-6);
    let r = Mmck::new(8.0, 4.0, 5, 7).unwrap();
    close("M/M/5/12 refuses", r.refused(), 5.8691e-5, 1e-4);
    close("M/M/5/12 holds", r.mean_in_system(), 2.039_35, 1e-5);
    close("M/M/5/12 waits", r.mean_wait(), 0.004_933_2, 1e-4);
    let b = Loss::new(3.0, 4.0, 15).unwrap();
    close("M/M/15/15", b.refused(), 0.085_729_2, 1e-6);
    close("M/M/15/15", Mmck::new(3.0, 0.25, 15, 0).unwrap().refused(), b.refused(), 1e-12);
    for (servers, load) in [(1, 0.9), (4, 0.95), (1_000, 0.99)] {
        let arrivals = load * f64::from(servers);
        let long = Mmck::new(arrivals, 1.0, servers, 1_000_000).unwrap();
        let endless = Mmc::new(arrivals, 1.0, servers).unwrap();
        close("mean", long.mean_response(), endless.mean_response(), 1e-9);
        for share in [0.5, 0.95, 0.99] {
            let expected = endless.response_quantile(share);
            close("percentile", long.response_quantile(share), expected, 1e-6);
        }
    }
    let overload = Mmck::new(2.0, 1.0, 1, 1_000_000).unwrap();
    close("overload", overload.refused(), 0.5, 1e-9);
    assert!(overload.mean_waiting() > 999_000.0);
}

/// The response of M/M/2/5 from the chain of one tagged request: ahead of it so many, then itself.
#[test]
fn finite_percentiles_are_those_of_the_chain() {
    let (arrivals, servers, waiting) = (2.2, 2, 3);
    let queue = Mmck::new(arrivals, 1.0, servers, waiting).unwrap();
    // p(n) by hand.
    let weights = [1.0, 2.2, 2.42, 2.662, 2.928_2, 3.221_02];
    let total: f64 = weights.iter().sum();
    close("refused", queue.refused(), 3.221_02 / total, 1e-9);
    // Forward equations of the tagged request by small steps: `ahead[k]`: k to leave before it
    // begins; `serving`: it is served.
    let admitted: f64 = weights[..5].iter().sum();
    let mut serving = (weights[0] + weights[1]) / admitted;
    let mut ahead: Vec<f64> = weights[2..5].iter().map(|w| w / admitted).collect();
    let (step, t) = (1e-4, 3.0);
    for _ in 0..(t / step) as u32 {
        let begins = ahead[0] * 2.0 * step;
        for k in 0..ahead.len() {
            let next = ahead.get(k + 1).copied().unwrap_or(0.0);
            ahead[k] += (next - ahead[k]) * 2.0 * step;
        }
        serving += begins - serving * step;
    }
    let tail: f64 = serving + ahead.iter().sum::<f64>();
    close("tail at 3", queue.response_tail(t), tail, 1e-3);
}

/// Pollaczek and Khinchine; percentiles where exact forms exist.
#[test]
fn general_service() {
    for (load, rows) in [
        (0.8, [(0.0, 2.0), (0.25, 2.5), (1.0, 4.0), (4.0, 10.0), (16.0, 34.0)]),
        (0.9, [(0.0, 4.5), (0.25, 5.625), (1.0, 9.0), (4.0, 22.5), (16.0, 76.5)]),
    ] {
        for (cv_squared, wait) in rows {
            let service = if cv_squared == 0.0 {
                Service::Constant { mean: 1.0 }
            } else {
                Service::Gamma { mean: 1.0, shape: 1.0 / cv_squared }
            };
            close("P-K", Mg1::new(load, service).unwrap().mean_wait(), wait, 1e-12);
        }
    }
    for load in [0.3, 0.8, 0.95] {
        let queue = Mg1::new(load, Service::Exponential { mean: 1.0 }).unwrap();
        let exact = Mmc::new(load, 1.0, 1).unwrap();
        let shares = [0.5, 0.95, 0.99];
        for (share, got) in shares.into_iter().zip(queue.response_quantiles(shares)) {
            close("M/M/1 as M/G/1", got, exact.response_quantile(share), 1e-3);
        }
    }
}

/// M/D/1: P(W ≤ t) = (1 - ρ) Σ e^(-λ(k - t)) (λ(k - t))^k / k! over whole k ≤ t (Erlang 1909).
#[test]
fn constant_service_percentiles() {
    let load = 0.8;
    let waits_at_most = |t: f64| {
        let term = |k: u32| {
            let x = load * (f64::from(k) - t);
            let power = (1..=k).fold(1.0, |p, i| p * x / f64::from(i));
            power * math::exp(-x)
        };
        (1.0 - load) * (0..=t as u32).map(term).sum::<f64>()
    };
    let queue = Mg1::new(load, Service::Constant { mean: 1.0 }).unwrap();
    let shares = [0.5, 0.9, 0.95, 0.99];
    for (share, got) in shares.into_iter().zip(queue.response_quantiles(shares)) {
        let exact = waits_at_most(got - 1.0);
        assert!((exact - share).abs() < 5e-4, "{share}: {got} is the {exact} quantile");
    }
}

/// Percentiles of M/G/1 with waits simulated by Lindley's recursion.
#[test]
fn general_service_percentiles_by_recursion() {
    use crate::dist::{Law, standard_exponential};
    let laws = [
        Law::Lognormal { mean_ms: 1_000.0, cv: 1.5 },
        Law::Uniform { min_ms: 0.0, max_ms: 2_000.0 },
    ];
    for law in laws {
        let (load, n) = (0.6, 2_000_000);
        let mut rng = crate::rng::Rng::new(3);
        let (sampler, mut wait) = (law.sampler(), 0.0_f64);
        let mut responses = Vec::with_capacity(n);
        for _ in 0..n {
            let response = wait + sampler.sample(&mut rng).as_s_f64();
            responses.push(response);
            wait = (response - standard_exponential(&mut rng) / load).max(0.0);
        }
        responses.sort_by(f64::total_cmp);
        let service = Service::of(&law).unwrap();
        let queue = Mg1::new(load / 1_000.0, service).unwrap();
        let shares = [0.5, 0.95, 0.99];
        for (share, got) in shares.into_iter().zip(queue.response_quantiles(shares)) {
            let sample = responses[(share * n as f64) as usize] * 1_000.0;
            close(&format!("{law:?} {share}"), got, sample, 0.05);
        }
    }
}

/// Sharing does not care for the law.
#[test]
fn processor_sharing() {
    close("PS", Mg1Ps::new(0.8, 1.0).unwrap().mean_response(), 5.0, 1e-12);
    assert!(Mg1Ps::new(1.0, 1.0).is_err());
}

/// Table 5.3: round robin, two choices, three choices.
#[test]
fn split_streams() {
    let loads = [0.5, 0.7, 0.8, 0.9, 0.95];
    let round_robin = [
        (1, [2.0, 3.333_333, 5.0, 10.0, 20.0]),
        (2, [1.618_03, 2.600_62, 3.843_98, 7.588_28, 15.085_7]),
        (4, [1.432_52, 2.236_69, 3.267_38, 6.383_05, 12.628_9]),
        (10, [1.324_64, 2.019_80, 2.922_27, 5.660_28, 11.155_0]),
        (100, [1.261_86, 1.890_48, 2.715_66, 5.226_81, 10.270_7]),
    ];
    for (stages, means) in round_robin {
        for (load, mean) in loads.into_iter().zip(means) {
            let queue = Gmc::new(load, 1.0, 1, Gaps::Erlang(stages)).unwrap();
            close(&format!("E{stages}/M/1 at {load}"), queue.mean_response(), mean, 1e-5);
        }
    }
    let limits = [
        (2, [1.2657, 1.6145, 1.9474, 2.6141, 3.3830], 5.4320),
        (3, [1.1252, 1.3568, 1.5809, 2.0279, 2.5351], 3.8578),
    ];
    for (choices, means, at_99) in limits {
        for (load, mean) in loads.into_iter().chain([0.99]).zip(means.into_iter().chain([at_99])) {
            let queue = PowerOfChoices::new(load, 1.0, choices).unwrap();
            close(&format!("{choices} choices at {load}"), queue.mean_response(), mean, 4e-5);
        }
    }
    let p99 = [(0.5, 5.5754), (0.7, 6.5607), (0.8, 7.3739), (0.9, 8.7910), (0.95, 10.2177)];
    for (load, expected) in p99 {
        let queue = PowerOfChoices::new(load, 1.0, 2).unwrap();
        close("p99", queue.response_quantile(0.99), expected, 2e-5);
    }
    close(
        "one choice is M/M/1",
        PowerOfChoices::new(0.9, 1.0, 1).unwrap().response_quantile(0.99),
        46.0517,
        1e-5,
    );
}

/// Regular gaps tend to constant ones, and the bounds hold what is known of the shortest queue.
#[test]
fn limits_of_splits() {
    for load in [0.1, 0.8, 0.999] {
        let many = Gmc::new(load, 1.0, 1, Gaps::Erlang(1_000_000)).unwrap();
        let constant = Gmc::new(load, 1.0, 1, Gaps::Constant).unwrap();
        close("D/M/1", many.mean_response(), constant.mean_response(), 1e-4);
        // For one server the chance to wait is σ, which solves its equation.
        let sigma = constant.wait_probability();
        assert!((math::exp((sigma - 1.0) / load) - sigma).abs() < 1e-12, "{load}");
    }
    // Exact chain for n = 2; simulations of 60 million events for n = 10.
    for (servers, load, mean) in
        [(2, 0.5, 1.426_32), (2, 0.9, 5.474_91), (2, 0.95, 10.4866), (10, 0.8, 1.3548)]
    {
        let (least, most) = shortest_queue_bounds(load * f64::from(servers), 1.0, servers).unwrap();
        assert!(least < mean && mean < most, "{servers} {load}: {least} {most}");
    }
}

/// Regular gaps before several servers: Poisson gaps are Erlang C, also where Takács's formula is
/// zero over zero, and the first equation of the queue's balance holds for others.
#[test]
fn regular_gaps_before_pools() {
    for servers in [1, 2, 4, 10, 171, 1_000] {
        for load in [0.1, 0.5, 0.75, 0.9, 0.999] {
            let arrivals = load * f64::from(servers);
            let erlang = Mmc::new(arrivals, 1.0, servers).unwrap();
            let same = Gmc::new(arrivals, 1.0, servers, Gaps::Erlang(1)).unwrap();
            let difference = (same.wait_probability() - erlang.wait_probability()).abs();
            assert!(difference < 1e-6, "{servers} {load}: {difference}");
            let regular = Gmc::new(arrivals, 1.0, servers, Gaps::Erlang(4)).unwrap();
            assert!(regular.mean_wait() <= erlang.mean_wait(), "{servers} {load}");
        }
    }
    // D/M/2 at 75 %: from what one arrival finds to what the next one finds, in small steps of the
    // gap between them; then that chain until it settles.
    let (gap, places, steps) = (1.0 / 1.5, 60_usize, 1_000);
    let from = |present: usize| {
        let mut state = vec![0.0; places + 1];
        state[present + 1] = 1.0;
        for _ in 0..steps {
            for j in 1..=places {
                let leaves = state[j] * (j.min(2) as f64 * gap / f64::from(steps));
                state[j] -= leaves;
                state[j - 1] += leaves;
            }
        }
        // Whoever would be beyond the last place counts as there.
        let beyond = state.pop().unwrap();
        state[places - 1] += beyond;
        state
    };
    let kernel: Vec<Vec<f64>> = (0..places).map(from).collect();
    let mut found = vec![1.0 / places as f64; places];
    for _ in 0..1_000 {
        let mut next = vec![0.0; places];
        for (chance, row) in found.iter().zip(&kernel) {
            next.iter_mut().zip(row).for_each(|(sum, p)| *sum += chance * p);
        }
        found = next;
    }
    let waits: f64 = found.iter().skip(2).sum();
    close("D/M/2", Gmc::new(1.5, 1.0, 2, Gaps::Constant).unwrap().wait_probability(), waits, 0.01);
}

/// Servers that set up: the closed form for one, the published values for four, M/M/k without
/// set-up times.
#[test]
fn setup_times() {
    for (load, setup) in [(0.8, 10.0), (0.5, 1.0), (0.95, 100.0)] {
        let one = MmkSetup::new(load, 1.0, 1, setup).unwrap();
        close("k = 1", one.mean_response(), 1.0 / (1.0 - load) + setup, 1e-9);
    }
    let four = MmkSetup::new(2.0, 1.0, 4, 10.0).unwrap();
    close("k = 4", four.mean_response(), 4.4621, 2e-5);
    close("busy servers are the offered work", four.mean_on(), 2.0, 1e-9);
    for (servers, load) in [(1, 0.8), (4, 0.9), (64, 0.5)] {
        let arrivals = load * f64::from(servers);
        let quick = MmkSetup::new(arrivals, 1.0, servers, 1e-7).unwrap();
        let never = Mmc::new(arrivals, 1.0, servers).unwrap();
        close("no set-up", quick.mean_response(), never.mean_response(), 1e-5);
    }
}

/// The closed loop: one user never waits, many users are an open stream, two users by hand.
#[test]
fn closed_loops() {
    let one = ClosedLoop::new(1, 3.0, 1.0, 1).unwrap();
    close("one user", one.mean_response(), 1.0, 1e-12);
    close("one user", one.throughput(), 0.25, 1e-12);
    // p0 : p1 : p2 = 1 : 2/3 : 2/9 for two users thinking 3 and one server.
    let two = ClosedLoop::new(2, 3.0, 1.0, 1).unwrap();
    close("two users", two.throughput(), (2.0 / 3.0 + 2.0 / 9.0) / (1.0 + 8.0 / 9.0), 1e-12);
    let think = 1e6;
    let many = ClosedLoop::new(800_000, think, 1.0, 1).unwrap();
    close("many users", many.mean_response(), 5.0, 1e-3);
    let full = ClosedLoop::new(10_000_000, 1.0, 1.0, 3).unwrap();
    close("too many users", full.throughput(), 3.0, 1e-9);
}

/// What makes no sense is an error with its value, never a number.
#[test]
fn nonsense_is_refused() {
    let unstable = Mmc::new(10.0, 1.0, 10).unwrap_err();
    assert_eq!(
        unstable.to_string(),
        "the load is 100.0 % of the capacity; below 100 % the queue has a mean"
    );
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Mmc::new(bad, 1.0, 1).is_err() && Mmc::new(0.5, bad, 1).is_err(), "{bad}");
        assert!(Mmck::new(bad, 1.0, 1, 1).is_err() && Loss::new(1.0, bad, 1).is_err(), "{bad}");
        assert!(Mg1::new(0.1, Service::Constant { mean: bad }).is_err(), "{bad}");
        assert!(Gmc::new(bad, 1.0, 1, Gaps::Constant).is_err(), "{bad}");
        assert!(PowerOfChoices::new(bad, 1.0, 2).is_err(), "{bad}");
        assert!(MmkSetup::new(0.5, 1.0, 1, bad).is_err(), "{bad}");
        assert!(ClosedLoop::new(1, bad, 1.0, 1).is_err(), "{bad}");
    }
    assert!(Mmc::new(0.5, 1.0, 0).is_err() && Mmck::new(0.5, 1.0, 1, 2_000_000).is_err());
    assert!(MmkSetup::new(0.5, 1.0, 65, 1.0).is_err() && ClosedLoop::new(0, 1.0, 1.0, 1).is_err());
    assert!(
        PowerOfChoices::new(0.5, 1.0, 0).is_err()
            && Gmc::new(0.5, 1.0, 1, Gaps::Erlang(0)).is_err()
    );
}
