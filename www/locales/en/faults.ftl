## Faults: what breaks, where and when.

list-faults = Faults
list-faults-add = Add a fault
help-faults = What breaks while the design runs. Links and files carry it, so everybody sees the same trouble. Default: none.
fault-title = { $number }. { $kind }
field-fault = What breaks
help-fault = What happens to the design. Each kind says below what it does.
fault-crash = Crash
help-fault-crash = Servers die: what they had is lost, and they refuse what is sent to them. A group replaces them; a plain server comes back when the fault ends.
fault-hang = Hang
help-fault-hang = Servers accept requests and never answer, health checks included. At the end their processes are restarted and what they held is lost.
fault-slow-down = Slow-down
help-fault-slow-down = Work takes several times as long.
fault-errors = Errors
help-fault-errors = Servers answer a share of the requests with 500 at once. Health checks pass.
fault-health-checks = Broken health checks
help-fault-health-checks = Health checks fail although requests would work.
fault-zone-outage = Zone outage
help-fault-zone-outage = Every server in an Availability Zone dies, in all groups, and nothing can be launched there.
fault-partition = Network partition
help-fault-partition = Nothing gets over a link, in either direction.
fault-launch-failures = Launch failures
help-fault-launch-failures = Launches of a group fail, as with InsufficientInstanceCapacity.
fault-deploy = Rolling deploy
help-fault-deploy = An instance refresh replaces every server of a group, a few at a time.
fault-spike = Traffic spike
help-fault-spike = The rate of a source is multiplied for a while.
fault-rate-factor = Change of traffic
help-fault-rate-factor = The rate of a source is multiplied from now on.
fault-desired-capacity = Desired capacity
help-fault-desired-capacity = The desired capacity of a group is set, as by hand.
field-fault-node = Where
help-fault-node = The group or server that it happens to.
field-fault-servers = Servers
help-fault-servers = One server of the group, or all of them. All includes those that start while the fault lasts. Default: one.
servers-one = one
servers-all = all
field-fault-instance = Which one
help-fault-instance = The number of the server, from 1 in launch order. Left open, it is the one longest in service; at random times any one.
open-any-server = longest in service
field-fault-factor = Factor
help-fault-factor = How many times as long, or as much.
field-fault-percent = Share
help-fault-percent = Percent of the requests that fail.
field-fault-zone = Zone
help-fault-zone = The Availability Zone, counted from 0.
field-fault-link = Link
help-fault-link = The link that nothing gets over.
field-fault-group = Group
help-fault-group = The Auto Scaling group that it happens to.
field-fault-source = Source
help-fault-source = The traffic source that it happens to.
field-fault-desired = Desired capacity
help-fault-desired = How many servers, clamped to the sizes of the group.
field-fault-when = When
help-fault-when = Once at a time, or again and again at random.
fault-time-at = at a time
fault-time-random = at random
field-fault-at = After
help-fault-at = Seconds since the start of the run.
field-fault-for = For
help-fault-for = Seconds until it is over. What happens in a moment does not look at it.
field-mtbf = MTBF
help-mtbf = Mean time between failures of what is named as a whole: from the end of one to the beginning of the next, exponential.
field-mttr = MTTR
help-mttr = Mean time to repair: how long one lasts, exponential.

section-latency-law = Latency that varies
help-latency-law = Each message draws its own time from a law. Off: every message takes the same time.
field-loss = Loss
help-loss = Percent of the messages that are lost. TCP sends them again after 200 ms, then 400 ms, and so on; after six times the sender gives up. Default: 0.

issue-no-such-target = { $field } names no { $expected ->
    [servers] group or server
    [group] Auto Scaling group
    [source] traffic source
   *[link] link
  } of this design: choose one, or remove the fault.
issue-too-many-items = { $field } has { $count } items: keep { $max } or fewer.

event-fault-began = fault: { $what } for { $duration }
event-fault-ended = over: { $what }
event-fault-missed = { $what }: there was nothing that it could happen to
fault-in-zone = zone { $zone }
fault-at-server = { $server } of { $node }

run-command-zone = Nothing happened: no group has that zone.
run-command-value = Nothing happened: a value was out of range.
reason-faults = something breaks during the run
menu-faults = Break something
run-kept = { $count ->
    [one] You stepped in once.
   *[other] You stepped in { $count } times.
  }
run-keep = Keep it in the design
run-keep-hint = Adds what you did to the faults of the design, at the same times: the design and its link then run the same way by themselves

## What was promised, why requests failed, how long it took to recover.

section-slo = Objective (SLO)
help-slo = What is promised to those who send requests. The result then says whether it was kept, how sure that is and how much of the error budget was used. Default: none.
field-slo-availability = Availability
help-slo-availability = Percent of the requests that are answered well. Default: 99.9.
field-slo-latency = Latency target
help-slo-latency = Answers take no longer than this. Default: 500 ms.
field-slo-percentile = For so many answers
help-slo-percentile = Percent of the answers that are within the latency target; 99 promises p99. Default: 99.
slo-title = Objective (SLO)
slo-none = No objective is set. Set one in the settings of the run to see whether it is kept.
slo-availability = Availability
slo-latency = Within { $latency }
slo-goodput = Answered in time
slo-objective = { $measured }, promised { $target }: { $verdict }
slo-budget = { $used } of the error budget
slo-met = kept
slo-missed = broken
slo-too-close = too close to tell
trouble-title = Failures and recovery
trouble-none = No request failed, and nothing broke.
cause-no-backend = No backend (503)
cause-queue-full = Queue full (503)
cause-connect-failed = Connection failed (502)
cause-reset = Connection reset (502)
cause-timeout = Client gave up
cause-server-error = Server error (500)
recovery-no-harm = did no harm
recovery-after = well again after { $after }, { $failed } failed
recovery-never = not well again in this run, { $failed } failed

## Traffic of a week, and as recorded.

traffic-week = Week curve
traffic-recorded = Recorded (CSV)
field-weekend = Weekend
help-weekend = Traffic of Saturday and Sunday in percent of a working day’s.
field-starts-on = Starts on
help-starts-on = The day of the week on which the run starts.
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
field-series = Time and rate
help-series = A line for each point: a time, a comma and requests a second. A time is seconds since the start, 14:05:30, or 2026-01-31T14:05:30. At most 20,000 lines.
field-between = Between points
help-between = Each rate holds until the next, or goes along a straight line. Default: holds.
between-steps = holds
between-lines = straight line
field-choose-file = Or read a CSV file
series-error-one-column = Line { $line }: “{ $text }” has one column. Write a time, a comma and a rate.
series-error-time = Line { $line }: “{ $text }” is no time. Write seconds, 14:05:30 or 2026-01-31T14:05:30.
series-error-rate = Line { $line }: “{ $text }” is no rate. Write requests a second, 0 to 1,000,000.
series-error-not-later = Line { $line }: { $text } s is not later than the line before. Sort the lines by time.
series-error-too-late = Line { $line }: { $text } s is beyond the longest run of 31 days.
series-error-too-many = Line { $line }: more than 20,000 points. Leave some out.
series-error-empty = No line has a time and a rate.
cause-connection-timeout = No free connection (503)
