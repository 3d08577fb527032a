## Words that every part of the page uses.

app-name = Gomujul
app-tagline = Design, simulate and run elastic architectures
language = Language
close = Close
none = none

kind-source = Traffic source
kind-balancer = Load balancer
kind-group = Auto Scaling group
kind-dependency = Dependency

## Problems of a design: what is wrong, with which value, how to mend it. The part after `issue-`
## is a code of shared::design::PROBLEM_CODES.

issue-no-source = Nothing makes requests: add a traffic source.
issue-no-target = { $kind } leads nowhere: link it to what should serve its requests.
issue-no-weight = Every link of this balancer has weight 0, so nothing behind it gets requests: set the weight of one to 1 or more.
issue-unreached = No requests reach { $kind }: link something to it.
issue-link-not-allowed = Requests cannot go from { $from } to { $to }: remove the link.
issue-circle = Links run in a circle, so a request would never end: remove one.
issue-out-of-range = { $field } is { $value }: set it to { $min } to { $max }.
issue-sizes-out-of-order = Minimum { $min }, desired { $desired } and maximum { $max } must not decrease: put them in order.
issue-points-out-of-order = Point { $point } of the traffic is not later than the one before it: put them in order of time.
issue-not-rising = { $field } do not rise: put them in order, each once.
issue-unknown-price = Nothing of this design goes by a price of “{ $item }”: name an instance type that is used, or an item such as alb_hour.
issue-no-effect = { $field } has no effect with this { $with }: change one of them.
issue-weight-ignored = Weight { $weight } makes no difference, because this policy does not look at weights: choose another policy or set the weight to 1.
issue-no-clients = { $field } goes by the client, but the requests of { $source } are of none: set how many clients there are.
issue-hook-too-long = The action takes longer than the hook waits ({ $timeout } s), so most servers are given up: shorten it or raise the heartbeat timeout.
issue-metric-not-simulated = The simulation does not measure { $metric }: the alarm stays in INSUFFICIENT_DATA.
issue-empty-list = { $field } is empty: add at least one.
issue-policy = { $field }: { $error }
issue-unknown-instance-type = No price is known for instance type “{ $type }”: choose one of the table.
issue-overload = Up to { $peak } arrive, but at its largest it serves { $capacity }: raise its size or speed, or requests will be lost.
