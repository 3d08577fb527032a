## Single requests: why they go where they go, and where their time goes.

run-tab-requests = Requests

why-title = Why this server?
why-note = What a balancer would decide if the next request reached it now, and everything that it looks at. It is the balancing code itself that answers.
why-no-balancer = This design has no load balancer, so nobody chooses.
why-balancer = Load balancer
why-ask = Explain the next choice
why-answer = { $clock } · Request { $number } of { $source } would go from { $balancer } to { $server }.
why-nobody = { $clock } · Request { $number } of { $source } would be refused by { $balancer }.
why-client = The client is { $client }.
why-table = What the load balancer looked at
why-server = Server
why-standing = Could be chosen?
why-in-flight = In flight
why-weight = Weight
why-chosen = chosen
why-drawn = drawn
why-value-none = Value
why-value-turn = Turn
why-value-deadline = Deadline in
why-value-credit = Credit
why-value-per-weight = In flight per weight
why-value-weight-left = Weight left
why-value-wait = Expected wait
why-value-idle = Place among the idle
why-value-points = Points between
why-value-latency = Latency it told

rule-turn = Round robin: one after the other; whose turn is 1 is next.
rule-deadline = By weight, earliest deadline first: a server of twice the weight has its next turn after half the time.
rule-credit = Smooth weighted round robin: each turn everybody gains its weight, the highest credit is chosen and pays the sum of all.
rule-fewest-in-flight = Least outstanding requests: the fewest requests in flight of all; among equals, who has waited longest.
rule-fewest-of-draws = A few servers are drawn at random; of these, the one with the fewest requests in flight.
rule-fewest-per-weight = Least connections: the fewest requests in flight per unit of weight; equals take turns.
rule-fewest-per-weight-of-two = Two servers are drawn by weight; the one with fewer requests in flight per unit of weight.
rule-random = Random: anyone, with a chance in proportion to its weight.
rule-random-by-failures = Random by weight, but servers whose answers fail more than those of others lose weight.
rule-shortest-wait-of-two = Peak EWMA: of two drawn at random, the one with the shorter expected wait (recent response time × requests in flight and this one).
rule-shortest-wait = Least response time: the shortest expected wait of all (recent response time × requests in flight and this one).
rule-longest-idle = Join idle queue: the server that has been idle longest.
rule-nobody-idle = Join idle queue: nobody is idle, so anyone at random.
rule-network = IP hash: the client's network decides, so the same client comes to the same server.
rule-ring = Ring hash: the server whose point on the ring is the next one after the client's hash.
rule-bounded-ring = Ring hash with bounded load: the next point on the ring whose server has no more than its share.
rule-table = Maglev: the entry of the client's hash in a table that all servers fill evenly.
rule-bounded-table = Maglev with bounded load: the entry of the client's hash, unless its server has more than its share.
rule-hot-cold = Prequal: servers were asked how they are; among those that are not the busiest, the fastest.

course-first-full = Whom the rule named first has as many requests as it may have, so another one is taken.
course-again = Others have failed this request already.
course-unhealthy = Too few servers are healthy, so unhealthy ones get requests as well (fail open).
course-session = The client has a session, which leads there whatever the rule says.

unavailable-none = No server is registered and in service.
unavailable-tried = Every server has failed it.
unavailable-unhealthy = No server is healthy, and the balancer does not fail open.
unavailable-full = Every server has as many requests as it may have.

standing-candidate = yes
standing-draining = no: draining
standing-maintenance = no: in maintenance
standing-no-weight = no: weight 0
standing-unhealthy = no: unhealthy
standing-unchecked = no: not checked yet
standing-ejected = no: ejected
standing-full = no: full
standing-over-bound = no: more than its share
standing-tried = no: failed this request
standing-elsewhere = no: another level or zone

trace-title = Where does the time go?
trace-note = The way of one request, from its client and back. Requests are followed since this tab was opened; the result of the run stays the same.
trace-p50 = p50
trace-p95 = p95
trace-p99 = p99
trace-slowest = Slowest
trace-failed = Failed
trace-next = Next request
trace-wait = It is under way…
trace-wait-paused = Run the simulation on, and the next request shows here when it has ended.
trace-none-failed = None of the requests that were followed has failed.
trace-none-yet = No request that is followed has ended yet. Let the simulation run.
trace-too-late = The run was over before anything was followed. Restart it: requests are followed from its start.
trace-summary = Request { $number } of { $source }, made at { $clock }: { $ended }
trace-took = answered after { $took }
trace-took-failed = failed after { $took }: { $cause }
trace-under-way = under way
trace-sample = Chosen from { $count } requests that were followed, an even sample.
trace-table = What the request did
trace-what = What
trace-where = Where
trace-from = From
trace-span = Took
trace-goes-on = goes on
trace-attempt = (attempt { $number })

activity-network = Network
activity-queue = Queue
activity-service = Service
activity-connection = Wait for a connection
activity-dependency = Dependency
activity-retry = Pause before a retry

## A link that claims the digest of a run.

claim-copy = Copy a link that proves this run
claim-copy-hint = The link carries design, seed, engine version and digest: whoever opens and runs it sees whether it comes out the same
claim-copied = Link copied
claim-touched = Somebody stepped into this run. Keep what was done as faults, run it again, and a link can prove it.
claim-reproduced = Reproduced: this run has the digest { $claimed } that the link claims.
claim-differs = Not reproduced: the link claims the digest { $claimed } for this design, seed and engine version. Please report this with the link.
claim-other-engine = The link's digest { $claimed } is of engine version { $engine }, this is version { $own }: results may differ.
claim-other-run = The link claims a digest of another run: design or seed have changed since, or somebody stepped in.

## The timeline of what is planned.

timeline = Plan
timeline-label = Timeline of planned faults and traffic
timeline-empty = Nothing is planned to break. Add something.
timeline-add = Add to the plan
timeline-when = at { $clock }
timeline-when-lasts = at { $clock }, for { $lasts }
timeline-keys = Left and right move it, with Shift they change how long it lasts, Delete removes it.
timeline-random = and { $count } at random
