//! How a station goes about its requests where it is more than cores with one queue: threads that
//! are fewer than the requests, cores that are shared, a server that is slow when fresh.
//!
//! A request first takes a thread, or waits for one in the station's queue. On its thread it waits
//! for a core, works, and asks dependencies; the thread is free when it leaves. While it waits for
//! a dependency it has a thread but no core: that is how CPU falls while a service is overloaded.

use super::ramp::Ramp;
use super::sharing::Sharing;
use super::station::{Admission, Station};
use crate::design::{ColdStart, Discipline};
use crate::time::{Span, Timestamp};
use std::collections::VecDeque;

/// What a design says of it.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Scheduling {
    pub(in crate::sim) discipline: Discipline,
    /// Requests that may be past the queue, 0 for any number.
    pub(in crate::sim) threads: u32,
    pub(in crate::sim) ramp: Ramp,
    /// Whoever asks is answered at once.
    pub(in crate::sim) asynchronous: bool,
}

impl Scheduling {
    /// First come, first served, and nothing more.
    pub(in crate::sim) const PLAIN: Self =
        Self { discipline: Discipline::Fifo, threads: 0, ramp: Ramp::NONE, asynchronous: false };

    /// `None` where a plain station does the same.
    pub(in crate::sim) fn of(
        discipline: Discipline,
        threads: u32,
        cold_start: Option<ColdStart>,
    ) -> Option<Self> {
        let ramp = cold_start.map_or(Ramp::NONE, |cold| {
            Ramp::new(cold.initial_speed_percent / 100.0, Span::from_s_f64(cold.duration_s))
        });
        let is_plain = discipline == Discipline::Fifo && threads == 0 && cold_start.is_none();
        (!is_plain).then_some(Self { discipline, threads, ramp, asynchronous: false })
    }
}

/// Threads and cores at work.
#[derive(Debug)]
pub(in crate::sim) struct Scheduler {
    cpu: Cpu,
    ramp: Ramp,
    /// `None` is as many as there are requests.
    threads: Option<u32>,
    /// Threads in use.
    taken: u32,
    /// Whoever asks is answered at once.
    pub(in crate::sim) asynchronous: bool,
}

#[derive(Debug)]
enum Cpu {
    /// A core works on one request until it is done; others with a thread wait for one.
    InOrder {
        running: u32,
        ready: VecDeque<u32>,
    },
    Shared(Sharing),
}

impl Scheduler {
    pub(in crate::sim) fn new(scheduling: Scheduling, cores: u32) -> Self {
        let cpu = match scheduling.discipline {
            Discipline::Fifo => Cpu::InOrder { running: 0, ready: VecDeque::new() },
            Discipline::ProcessorSharing => Cpu::Shared(Sharing::new(cores)),
        };
        let threads = Some(scheduling.threads).filter(|threads| *threads > 0);
        let Scheduling { ramp, asynchronous, .. } = scheduling;
        Self { cpu, ramp, threads, taken: 0, asynchronous }
    }

    /// The server comes alive. Those of the first moment have been so for long.
    pub(in crate::sim) fn come_alive(&mut self, now: Timestamp) {
        if now == Timestamp::ZERO { self.ramp.skip() } else { self.ramp.start(now) }
    }

    /// Requests that have a thread and wait for a core.
    pub(in crate::sim) fn ready(&self) -> usize {
        match &self.cpu {
            Cpu::InOrder { ready, .. } => ready.len(),
            Cpu::Shared(_) => 0,
        }
    }

    /// Whether a call has a thread and waits for a core.
    pub(in crate::sim) fn is_ready(&self, call: u32) -> bool {
        match &self.cpu {
            Cpu::InOrder { ready, .. } => ready.contains(&call),
            Cpu::Shared(_) => false,
        }
    }

    /// Everything stops and is forgotten.
    pub(in crate::sim) fn clear(&mut self) {
        self.taken = 0;
        match &mut self.cpu {
            Cpu::InOrder { running, ready } => {
                *running = 0;
                ready.clear();
            }
            Cpu::Shared(sharing) => sharing.clear(),
        }
    }
}

/// What becomes of a request that wants a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Run {
    /// It has one to itself, for so long.
    Ends(Span),
    /// It shares the cores with others.
    Shares,
    /// It waits for one.
    Waits,
}

/// What a station with a scheduler does.
impl Station {
    /// A request comes in. One that waits is put into the queue by the caller, one that begins has
    /// a thread and is handed to [`Self::run`].
    pub(in crate::sim) fn admit_scheduled(&mut self, now: Timestamp) -> Admission {
        self.requests += 1;
        let may_wait = (self.queue.len() as u64) < u64::from(self.queue_max());
        let cores = self.cores;
        let Some(scheduler) = &mut self.scheduler else { return Admission::Refused };
        let may_begin = match (scheduler.threads, &scheduler.cpu) {
            (Some(threads), _) => scheduler.taken < threads,
            // With a thread for each, the queue is the one before the cores.
            (None, Cpu::InOrder { running, .. }) => *running < cores,
            (None, Cpu::Shared(_)) => true,
        };
        if may_begin {
            scheduler.taken += 1;
            self.came(now);
            Admission::Begins
        } else if may_wait {
            self.came(now);
            self.begins_to_wait(now);
            Admission::Waits
        } else {
            Admission::Refused
        }
    }

    /// A request with a thread has `work` to do.
    pub(in crate::sim) fn run(&mut self, now: Timestamp, call: u32, work: Span) -> Run {
        let (cores, rate) = (self.cores, self.rate());
        let Some(scheduler) = &mut self.scheduler else { return Run::Waits };
        let (busy, run) = match &mut scheduler.cpu {
            Cpu::InOrder { running, ready } if *running >= cores => {
                ready.push_back(call);
                self.begins_to_wait(now);
                return Run::Waits;
            }
            Cpu::InOrder { running, .. } => {
                *running += 1;
                let ns = scheduler.ramp.time_for(now, work.as_ns() as f64 / rate);
                (*running, Run::Ends(Span::from_ns((ns + 0.5) as u64)))
            }
            Cpu::Shared(sharing) => {
                sharing.settle(now, &scheduler.ramp, rate);
                sharing.join(call, work);
                (sharing.busy(), Run::Shares)
            }
        };
        self.set_busy(now, busy);
        run
    }

    /// A core is free: the request that is next to [`Self::run`] on it, if any waits.
    pub(in crate::sim) fn core_free(&mut self, now: Timestamp) -> Option<u32> {
        let scheduler = self.scheduler.as_deref_mut()?;
        let Cpu::InOrder { running, ready } = &mut scheduler.cpu else { return None };
        *running -= 1;
        let next = match scheduler.threads {
            Some(_) => ready.pop_front(),
            None => {
                let next = self.queue.pop_front().map(|waiting| waiting.call);
                next.inspect(|_| scheduler.taken += 1)
            }
        };
        let busy = *running;
        match next {
            Some(_) => self.ends_to_wait(now),
            None => self.set_busy(now, busy),
        }
        next
    }

    /// A thread is free: the request that is next to [`Self::run`] on it, if any waits for one.
    pub(in crate::sim) fn thread_free(&mut self, now: Timestamp) -> Option<u32> {
        let scheduler = self.scheduler.as_deref_mut()?;
        scheduler.taken -= 1;
        scheduler.threads?;
        let next = self.queue.pop_front()?.call;
        scheduler.taken += 1;
        self.ends_to_wait(now);
        Some(next)
    }

    /// A request that shared the cores and is done with them, if there is one now.
    pub(in crate::sim) fn next_shared(&mut self, now: Timestamp) -> Option<u32> {
        let rate = self.rate();
        let scheduler = self.scheduler.as_deref_mut()?;
        let Cpu::Shared(sharing) = &mut scheduler.cpu else { return None };
        sharing.settle(now, &scheduler.ramp, rate);
        let call = sharing.leave()?;
        let busy = sharing.busy();
        self.set_busy(now, busy);
        Some(call)
    }

    /// Shared cores have worked up to now, at the speed that they had.
    pub(in crate::sim) fn settle(&mut self, now: Timestamp) {
        let rate = self.rate();
        if let Some(scheduler) = self.scheduler.as_deref_mut()
            && let Cpu::Shared(sharing) = &mut scheduler.cpu
        {
            sharing.settle(now, &scheduler.ramp, rate);
        }
    }

    /// When the engine must look again at shared cores, if it will not do so earlier anyway.
    pub(in crate::sim) fn next_look(&mut self, now: Timestamp) -> Option<Timestamp> {
        let rate = self.rate();
        let scheduler = self.scheduler.as_deref_mut()?;
        let Cpu::Shared(sharing) = &mut scheduler.cpu else { return None };
        sharing.settle(now, &scheduler.ramp, rate);
        let next = sharing.next_at(&scheduler.ramp).filter(|next| *next < sharing.timer)?;
        sharing.timer = next;
        Some(next)
    }

    /// The engine looks at shared cores; false if it was to come at another time.
    pub(in crate::sim) fn looked_at(&mut self, now: Timestamp) -> bool {
        let Some(scheduler) = &mut self.scheduler else { return false };
        let Cpu::Shared(sharing) = &mut scheduler.cpu else { return false };
        let due = sharing.timer == now;
        if due {
            sharing.timer = Timestamp::MAX;
        }
        due
    }
}
