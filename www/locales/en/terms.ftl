## What the terms of the run's panels mean.

term-p99 = The 99th percentile of latency: 99 of 100 requests were at least this fast. It counts every request of the run after the warm-up, not a sample.
term-availability = The share of requests that ended well, of all that ended.
term-cost = What the drawn parts cost, at list prices with a date: servers by the second, the balancer by the hour and its capacity units.
term-pace = Events that the simulation handles in a second of your machine's time. A request is a handful of events.
term-goodput = Requests answered well each second. The rest of the throughput, failures and answers that nobody waits for any more, helps no one.
term-latency = From the moment at which a client makes a request to its answer. A percentile pN is the time within which N of 100 were answered.
term-utilisation = The share of the servers' CPU time that is busy. Near 100 % queues grow without end.
term-desired-capacity = The number of servers that the group wants now. Its policies change it, between minimum and maximum, and servers follow when they have booted.
term-errors = Requests that failed each second, by what went wrong: no backend, a full queue, a broken connection, a client that gave up.
term-queue = Requests that wait for a core or a thread, and all that are not answered yet. A queue that grows means more work comes than is done.
term-error-budget = How much may go wrong before the promise is broken: with 99.9 % promised, one request in a thousand.
term-littles-law = The mean number of requests in the system is their rate times their mean time in it: L = λW. It holds for any stable system, so a run that breaks it would be wrong.
term-conservation = Every request that arrived was completed, failed, or is still in flight. None is lost or counted twice.
term-interval = Where the true value lies with 95 % confidence, given how long the run was. Twice as narrow takes four times as long.
term-digest = A fingerprint of the end of every request. The same design, seed and engine version give the same digest on every machine.
term-recovery = How long the alarm about too much load lasted: from ALARM until new servers serve and the metric is back in order.
term-theory = Where the drawing is a queue with a known formula, what the formula says beside what was measured.
term-in-flight = Requests that this balancer has sent to the server and that are not answered yet.
term-weight = The server's part of the traffic, relative to others. While it warms up (slow start), it counts less.
term-ejection = Outlier detection: a server whose answers fail far more than those of others gets no requests for a while, even though its health checks pass.
