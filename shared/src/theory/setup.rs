//! Servers that go off when idle and take time to come back: M/M/k with set-up times.
//!
//! A server that finds nothing to do goes off at once. While requests wait, `min(waiting, servers
//! off)` servers set up; each is ready after an exponential time. Exact results: Welch 1964 for one
//! server, Gandhi, Doroudi, Harchol-Balter and Scheller-Wolf 2013 for several. Here the same Markov
//! chain (servers on, requests present) is solved level by level: above `k` requests the levels
//! repeat, and their ratio is a matrix (Neuts 1981); below, each level follows from the one above.

use super::error::{TheoryError, positive, stable, within};
use crate::math;

/// The most servers that the computation holds: its time grows with their fourth power.
pub const SETUP_SERVERS_MAX: u32 = 64;

/// M/M/k with exponential set-up times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MmkSetup {
    utilisation: f64,
    mean_response: f64,
    mean_on: f64,
}

/// A square matrix of numbers, by rows.
type Matrix = Vec<Vec<f64>>;

impl MmkSetup {
    /// Arrivals and services per unit of time, servers, mean set-up time.
    ///
    /// # Errors
    ///
    /// Parameters out of range, or a load of 1 or more.
    pub fn new(
        arrival_rate: f64,
        service_rate: f64,
        servers: u32,
        mean_setup: f64,
    ) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        positive("service rate", service_rate)?;
        positive("mean set-up time", mean_setup)?;
        within("servers", f64::from(servers), 1.0, f64::from(SETUP_SERVERS_MAX))?;
        let utilisation = arrival_rate / service_rate / f64::from(servers);
        stable(utilisation)?;
        let chain = Chain { arrival_rate, service_rate, servers, setup_rate: 1.0 / mean_setup };
        let (mean_present, mean_on) = chain.means();
        Ok(Self { utilisation, mean_response: mean_present / arrival_rate, mean_on })
    }

    /// Offered work over the capacity of all servers.
    pub const fn utilisation(&self) -> f64 {
        self.utilisation
    }

    /// Mean time in the system, by Little's law.
    pub const fn mean_response(&self) -> f64 {
        self.mean_response
    }

    /// Mean number of servers that are on (each busy, for idle ones go off).
    pub const fn mean_on(&self) -> f64 {
        self.mean_on
    }
}

/// The Markov chain: its levels are the requests present, its phases the servers that are on.
struct Chain {
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
    setup_rate: f64,
}

impl Chain {
    /// Rate of services with `on` servers.
    fn served(&self, on: u32) -> f64 {
        self.service_rate * f64::from(on)
    }

    /// Rate at which servers come up with `on` of them on and `present` requests.
    fn comes_up(&self, present: u32, on: u32) -> f64 {
        self.setup_rate * f64::from(present.saturating_sub(on).min(self.servers - on))
    }

    /// Mean numbers of requests present and of servers on.
    fn means(&self) -> (f64, f64) {
        let k = self.servers;
        let ratio = self.ratio();
        // Ratios of each level to the one below, from the top down. One row a phase below, one
        // column a phase of the level.
        let mut ratios = vec![Matrix::new(); k as usize];
        let mut above = ratio.clone();
        for level in (1..=k).rev() {
            let next = self.ratio_at(level, &above);
            if let Some(place) = ratios.get_mut(level as usize - 1) {
                place.clone_from(&next);
            }
            above = next;
        }
        // Nobody present is one state; every other level follows from it.
        let mut level = vec![1.0];
        let (mut total, mut present, mut on) = (1.0, 0.0, 0.0);
        for (below, ratio) in (0..k).zip(&ratios) {
            level = row_times(&level, ratio);
            if below + 1 < k {
                let mass: f64 = level.iter().sum();
                total += mass;
                present += f64::from(below + 1) * mass;
                on += (0..).zip(&level).map(|(phase, p)| f64::from(phase) * p).sum::<f64>();
            }
        }
        // Level k and all above it: a geometric series of matrices, summed by solving x (I - R) = p.
        let sum = solve_row(&level, |i, j| f64::from(u8::from(i == j)) - ratio[i][j]);
        let weighted =
            solve_row(&row_times(&sum, &ratio), |i, j| f64::from(u8::from(i == j)) - ratio[i][j]);
        let mass: f64 = sum.iter().sum();
        total += mass;
        present += f64::from(k) * mass + weighted.iter().sum::<f64>();
        on += (0..).zip(&sum).map(|(phase, p)| f64::from(phase) * p).sum::<f64>();
        (present / total, on / total)
    }

    /// The ratio of two levels from `k` on, the least solution of `λ I + R A + R² D = 0`. Servers
    /// only come up there, so it is triangular and follows element by element.
    fn ratio(&self) -> Matrix {
        let (size, k) = (self.servers as usize + 1, self.servers);
        let mut ratio = vec![vec![0.0; size]; size];
        for (phase, on) in (0..=k).enumerate() {
            let (down, up) = (self.served(on), self.comes_up(k, on));
            let out = self.arrival_rate + down + up;
            ratio[phase][phase] = if on == 0 {
                self.arrival_rate / out
            } else {
                // The smaller root of down·r² - out·r + λ = 0 without cancellation.
                let root = math::sqrt(out * out - 4.0 * down * self.arrival_rate);
                2.0 * self.arrival_rate / (out + root)
            };
        }
        for distance in 1..size {
            for i in 0..size - distance {
                let j = i + distance;
                let (on, before) = (j as u32, j as u32 - 1);
                let down = self.served(on);
                let out = self.arrival_rate + down + self.comes_up(k, on);
                let squares: f64 = (i + 1..j).map(|m| ratio[i][m] * ratio[m][j]).sum();
                let inflow = ratio[i][before as usize] * self.comes_up(k, before) + down * squares;
                ratio[i][j] = inflow / (out - down * (ratio[i][i] + ratio[j][j]));
            }
        }
        ratio
    }

    /// The ratio of `level` (1 to k) to the one below, given that of the next to it.
    fn ratio_at(&self, level: u32, above: &Matrix) -> Matrix {
        // Flow out of the phases of this level that does not come back through the next one.
        let mut flow = vec![vec![0.0; level as usize + 1]; level as usize + 1];
        for (phase, on) in (0..=level).enumerate() {
            let up = self.comes_up(level, on);
            flow[phase][phase] += self.arrival_rate + self.served(on) + up;
            if on < level {
                flow[phase][phase + 1] -= up;
            }
            for (on_above, rises) in (0..).zip(&above[phase]) {
                // A server that finds nothing to do goes off: no more are on than requests present.
                let lands = on_above.min(level) as usize;
                flow[phase][lands] -= rises * self.served(on_above);
            }
        }
        (0..level as usize)
            .map(|phase| {
                let mut arrivals = vec![0.0; level as usize + 1];
                arrivals[phase] = self.arrival_rate;
                solve_row(&arrivals, |i, j| flow[i][j])
            })
            .collect()
    }
}

/// A row times a matrix.
fn row_times(row: &[f64], matrix: &Matrix) -> Vec<f64> {
    let width = matrix.first().map_or(0, Vec::len);
    (0..width).map(|j| row.iter().zip(matrix).map(|(x, line)| x * line[j]).sum()).collect()
}

/// The row `x` with `x · M = right`, for a square `M` by its elements; Gauss with pivots.
fn solve_row(right: &[f64], element: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let n = right.len();
    // Rows of the transposed system, the right side last.
    let mut rows: Matrix = (0..n)
        .map(|j| (0..n).map(|i| element(i, j)).chain(right.get(j).copied()).collect())
        .collect();
    for column in 0..n {
        let best =
            (column..n).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()));
        rows.swap(column, best.unwrap_or(column));
        let pivot = rows[column].clone();
        for row in rows.iter_mut().skip(column + 1) {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).skip(column).for_each(|(x, p)| *x -= factor * p);
        }
    }
    let mut solution = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * solution[j]).sum();
        solution[i] = (rows[i][n] - known) / rows[i][i];
    }
    solution
}
