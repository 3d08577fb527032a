## The run dock: transport, traffic, faults, charts, events.

run-dock = Simulation
run-play = Play
run-pause = Pause
run-restart = Restart
run-play-hint = Play or pause (Space)
run-restart-hint = Back to the start, same seed
run-step = Skip a minute
run-step-hint = Simulate one minute ahead
run-speed = Speed
run-speed-max = max
run-clock = Simulated time
run-traffic = Traffic
run-traffic-hint = Multiplies the rate of every source from now on
run-spike = Spike ×5
run-spike-hint = Five times the traffic for one minute of simulated time
run-crash = Kill a server
run-crash-hint = The server longest in service dies at once
run-seed = Seed
run-seed-hint = The same seed gives the same run
run-seed-new = New seed
run-seed-invalid = A seed is a whole number from 0 to 18,446,744,073,709,551,615.

run-status-idle = Ready
run-status-loading = Starting
run-status-running = Running
run-status-paused = Paused
run-status-finished = Finished
run-status-blocked = Cannot run
run-blocked = The design has errors, so it cannot run yet. Mend them first: the inspector lists them.
run-announce-running = Simulation runs at { $speed }
run-announce-paused = Simulation paused at { $clock }
run-announce-finished = Simulation finished: { $completed } requests completed, p99 { $p99 }

run-design-changed = The design has changed since this run began.
run-design-restart = Restart with the new design
run-refused = The simulation refused this design although the page found no error in it. Please report this with the design.
run-command-node = Nothing happened: this run has no such node. Restart to include it.
run-command-instance = Nothing happened: there is no server that could die.
run-command-refresh = Nothing happened: an instance refresh is in progress.
run-worker-failed = No background simulation could be started. Your design is safe. Reload the page; if that does not help, another browser or the command `gomujul simulate` will run it.
run-worker-version = The page and its simulation are of different versions. Reload the page.
run-crashed = The simulation stopped because of a mistake in the program. Your design is safe. Press Play to run it again.

run-tab-charts = Charts
run-tab-events = Events
run-tab-steps = The story
run-tab-result = Result
run-tabs = What to show

## Totals

run-total-requests = Requests
run-total-completed = Completed
run-total-failed = Failed
run-total-p99 = p99
run-total-availability = Availability
run-total-cost = Cost
run-total-rate = Engine
run-total-cost-value = { $total } · { $hourly }/h
run-total-events-value = { $events } events/s

## Charts

chart-requests = Requests per second
chart-latency = Latency
chart-cpu = Average CPU
chart-servers = Servers
chart-arrived = arrived
chart-completed = completed
chart-failed = failed
chart-p50 = p50
chart-p99 = p99
chart-average-cpu = CPU
chart-threshold = alarm { $sign } { $threshold }
chart-in-service = in service
chart-launching = launching
chart-draining = draining
chart-desired = desired
chart-empty = Press Play: the charts draw themselves as the simulation runs.
chart-summary = { $title } at { $clock }: { $values }
chart-missing = The chart library did not load. Reload the page to see charts; the numbers above stay right.

## Events. Times are shown before them.

events-empty = Nothing has happened yet. Press Play and watch.
events-label = Event log, newest last
events-newest = Go to the newest
event-rate-factor = traffic set to ×{ $factor }
event-spike-began = spike: traffic ×{ $factor } for { $duration }
event-spike-ended = the spike is over
event-stalled = time stands still: events follow each other without end at one moment, so the run ends here. Give users time to think or requests some work.
event-alarm-alarm = { $metric } { $value } { $sign } { $threshold } for { $breaching } of { $periods } periods → ALARM
event-alarm-ok = { $metric } { $value }: { $breaching } of { $periods } periods { $sign } { $threshold } → OK
event-alarm-insufficient = too little data to judge the { $metric } → INSUFFICIENT_DATA
event-alarm-no-value = (no data)
event-desired-more = { $by ->
    [one] +{ $by } server
   *[other] +{ $by } servers
  }: desired capacity { $from } → { $to }
event-desired-fewer = { $by ->
    [one] −{ $by } server
   *[other] −{ $by } servers
  }: desired capacity { $from } → { $to }
event-launched = { $server } launched
event-launch-failed = { $server } could not be launched: no capacity
event-spot-interruption = { $server } will be taken back in two minutes (Spot interruption notice)
event-refresh-started = instance refresh started
event-refresh-progress = instance refresh: { $percent } % replaced, checkpoint { $checkpoint } %
event-cause-spot = the Spot interruption
event-cause-refresh = the instance refresh
event-booting = { $server } boots
event-checking = { $server } runs after { $age } and waits for its first health check
event-in-service = { $server } passed its health check and is in service after { $age }
event-draining = { $server } drains: it gets no new requests and finishes those it has
event-terminated = { $server } terminated after { $age }
event-crashed = { $server } died; { $lost ->
    [0] no request was lost
    [one] 1 request was lost
   *[other] { $lost } requests were lost
  } with it
event-healthy = { $node } takes { $server } into the healthy list
event-unhealthy = { $node } finds { $server } unhealthy and sends it nothing more
event-cause = because of { $cause }
event-cause-alarm = the alarm
event-cause-crash = the dead server
event-cause-desired = the desired capacity
event-cause-spike = the spike
event-cause-hand = the change by hand

## The seven steps

steps-label = The story in seven steps
steps-progress = { $done } of { $count }
step-done = done
step-open = to come
step-1 = Requests arrive at the load balancer.
step-2 = It forwards each one to a healthy server of the Auto Scaling group.
step-3 = A crowd arrives: average CPU goes over { $threshold }.
step-4 = The alarm goes to ALARM and signals the group.
step-5 = The group launches a server by itself.
step-6 = The new server passes its health check and gets traffic.
step-7 = The load spreads and the system is stable again.
step-night = Night: CPU falls under { $threshold } and the group scales in.
step-death = A server dies, and the group replaces it.

## Result

result-title = Result
result-empty = The result appears when the run has ended.
result-latency = Latency (p50 · p99 · p99.9)
result-availability = Availability
result-cost = Cost
result-requests = Requests (completed · failed)
result-digest = Digest
result-digest-hint = Equal digests mean equal runs, request by request
result-identity = seed { $seed } · engine { $engine } · { $duration } simulated

## The result: how sure it is, what theory says, what it costs.

trust-title = How sure
trust-mean = Mean latency, 95 % interval
trust-p50 = p50
trust-p99 = p99
trust-unknown = { $value } (run longer for an interval)
trust-conserved = No request lost
trust-conserved-yes = arrived = completed + failed + in flight
trust-conserved-no = the counts do not add up: please report this design
trust-little = Little’s law
trust-little-value = { $flight } in flight = { $rate } × { $time }
theory-title = Theory
theory-nothing = Nothing is drawn that a formula describes.
theory-touched = You stepped in, so the run is not the one that formulas describe. Restart and leave it alone to compare.
theory-none = { $name }: no formula, because { $reason }.
theory-model = { $name }: { $model }, { $busy } busy
theory-mean = Mean
theory-p50 = p50
theory-p95 = p95
theory-p99 = p99
theory-refused = Refused
theory-comparison = theory { $predicted }, measured { $measured }: { $verdict }
theory-agrees = agrees
theory-too-short = too short a run to tell
theory-differs = differs
reason-rate-varies = the rate of requests changes over time
reason-closed-loop = a fixed number of users take turns to ask and to think
reason-no-traffic = no requests come
reason-several-targets = a source sends to several nodes in turn
reason-mixed = several balancers or unequal servers share the requests
reason-several-stages = requests pass several stages of work
reason-scaling-policies = scaling policies may change the number of servers
reason-no-servers = the group has no servers
reason-policy = nobody has solved this balancing policy
reason-service-law = several cores share a queue and service is not exponential
reason-unknown-law = the formulas do not know this law of service
reason-arrivals = requests come like clockwork
reason-server-shape = this policy is solved for exponential service and long queues only
reason-setting = a setting is beyond what formulas describe
reason-unstable = the load is { $load } of the capacity, so the queue never settles
reason-value = the formula does not take these values
bill-title = Cost
bill-servers = Servers
bill-credits = Surplus CPU credits
bill-balancers = Load balancer hours
bill-lcu = Capacity units (LCU)
bill-data-out = Data out
bill-cloudwatch = CloudWatch
bill-pace = At this pace
bill-pace-value = { $day } a day, { $month } a month
bill-prices = Prices, with source and date
bill-price-unknown = price not known, counted as nothing
bill-unverified = unverified
