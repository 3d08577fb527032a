## The editor: bar, palette, canvas, inspector, sharing.

design-name = Name of the design
design-unnamed = Unnamed design
templates = Templates
theme-system = Look: as the system
theme-light = Look: light
theme-dark = Look: dark
tools-label = Tools
zoom-label = Zoom
inspector-label = Settings
canvas-label = Drawing of the design
canvas-role = drawing
canvas-empty = Nothing here yet. Drag something from the palette, or open a template.

## Templates. The part after `template-` is the id in shared::design::presets.

template-seven-steps = A server that does not die
template-seven-steps-note = A crowd comes, servers are added; night falls, they go. Watch the alarm, then the group.
template-with-database = Web servers with a database
template-with-database-note = The same crowd with a database behind. Watch whether more web servers help.
template-single-server = One server (M/M/1)
template-single-server-note = One worker at 80 % load. Theory says 50 ms on average; watch p99.
template-ten-round-robin = Ten servers, round robin
template-ten-round-robin-note = One after the other, busy or not. Note its p99 for the next two.
template-ten-least-outstanding = Ten servers, least outstanding requests
template-ten-least-outstanding-note = The same traffic to the least busy server. Compare p99.
template-ten-two-choices = Ten servers, two random choices
template-ten-two-choices-note = Two drawn at random, the less busy one wins. Nearly as good, and far cheaper to know.

## Palette.

palette-label = Palette: click or drag onto the drawing
palette-source = Traffic
palette-source-note = Traffic source: where requests come from
palette-balancer = Balancer
palette-balancer-note = Load balancer: sends each request to a healthy server
palette-group = Group
palette-group-note = Auto Scaling group: equal servers that come and go
palette-dependency = Service
palette-dependency-note = Dependency: a database or another server of fixed size

## Actions.

chapter-tools = Tools
chapter-edit = Edit
chapter-view = View
chapter-design = Design
action-undo = Undo
action-redo = Redo
action-delete = Delete
action-duplicate = Duplicate
action-copy = Copy
action-cut = Cut
action-select-all = Select all
action-escape = Cancel, or select nothing
action-edit = Edit settings
action-nudge-left = Move left
action-nudge-right = Move right
action-nudge-up = Move up
action-nudge-down = Move down
action-nudge-left-far = Move far left
action-nudge-right-far = Move far right
action-nudge-up-far = Move far up
action-nudge-down-far = Move far down
action-tool-select = Select and move
action-tool-connect = Connect
action-tool-hand = Move the canvas
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-zoom-reset = Zoom to 100 %
action-fit-all = Fit everything
action-fit-selection = Fit the selection
action-share = Share
action-export-file = Save as a file
action-import-file = Open a file
action-help = Keyboard and mouse
help-title = Keyboard and mouse
help-pointer = Drag from a card’s right edge to connect it. Hold Space or the middle button to move the canvas, Ctrl or Cmd with the wheel to zoom, Shift to select more. While dragging, Ctrl or Cmd leaves the grid.
announce-connect = Choose where the link ends: Tab to a card and press Enter, or click it. Escape cancels.

## Cards.

card-label = { $kind }: { $name }. { $state }
card-servers = { $count } servers
card-source-design = peak { $peak }
card-source-run = now { $rate }
card-balancer-check = health check every { $interval } s
card-balancer-run = { $healthy } of { $all } healthy
card-balancer-fail-open = nobody healthy: sends to all
card-group-design = { $min } to { $max } servers · { $type }
card-group-run = { $serving } of { $desired } in service · CPU { $cpu }
card-dependency-design = { $workers } workers · { $mean } a request
card-dependency-run = { $busy } of { $workers } busy · { $queued } waiting
chip-title = { $id }: { $state }. CPU { $cpu }, { $flight } in flight, { $queued } of them waiting. Click to crash it.
link-label = Link from { $from } to { $to }
server-booting = booting
server-checking = waiting for its health check
server-in-service = in service
server-draining = draining
server-failed = failed
backend-healthy = healthy
backend-unhealthy = unhealthy
alarm-ok = OK
alarm-alarm = ALARM
alarm-insufficient-data = no data yet
alarm-title = Alarm on average CPU, now { $value }

## Inspector.

panel-design = Design and run
panel-design-hint = Select something to see its settings. These belong to the whole run.
panel-empty-hint = Begin with a traffic source, a load balancer and a group; then connect them.
panel-link = Link
panel-several = { $nodes } nodes, { $links } links
panel-several-hint = Move, duplicate or delete them together.
issues-label = What is wrong with the design
issues-none = Ready to run
issues-count = { $errors ->
    [0] { $warnings ->
        [one] 1 warning
       *[other] { $warnings } warnings
    }
    [one] 1 error
   *[other] { $errors } errors
}
issue-mend = Mend
list-remove = Remove
list-points = Rate over time
list-points-add = Add a point
point-title = Point { $number }
list-policies = Scaling policies
list-policies-add = Add a policy
policy-title = CPU { $sign } { $threshold } %, { $points } of { $periods }
policy-title-other = { $kind } policy
list-steps = Steps
list-steps-add = Add a step
step-title = Step { $number }
bound-open = open
section-health-check = Health check
section-capacity = Capacity
section-server = Server
section-service = Time of a request
section-boot = Time to boot
section-timing = Timing

field-name = Name
field-duration = Length of the run
field-starts-at = Starts at
field-warmup = Warm-up left out
field-seed = Seed
field-region = Prices of
field-latency = Latency, one way
field-traffic = Traffic
field-rate = Rate
field-at = At
field-arrivals = Arrivals
field-policy = Policy
field-choices = Servers drawn
field-interval = Interval
field-timeout = Timeout
field-healthy-threshold = Healthy after
field-unhealthy-threshold = Unhealthy after
field-deregistration-delay = Deregistration delay
field-min-size = Minimum
field-desired-capacity = Desired at the start
field-max-size = Maximum
field-instance-type = Instance type
field-cores = Cores
field-queue-max = Queue limit
field-instance-warmup = Instance warm-up
field-grace-period = Health check grace period
field-workers = Works on at once
field-law = Law
field-value = Value
field-mean = Mean
field-min = From
field-max = To
field-cv = Variation (cv)
field-comparison = Alarm when CPU is
field-threshold = Threshold
field-period = Period
field-evaluation-periods = Of the last
field-datapoints-to-alarm = At least
field-treat-missing-data = Missing data
field-adjustment-type = Then
field-min-adjustment = At least
field-lower = From
field-upper = To
field-adjustment = Change
field-not-a-number = Not a number: type digits, such as 12 or 0.5.
field-not-whole = Type a whole number from { $min } to { $max }.
field-out-of-range = Set it to { $min } to { $max }.

unit-seconds = s
unit-milliseconds = ms
unit-requests-per-second = req/s
unit-percent = %
unit-percentage-points = %p
unit-servers = servers
unit-requests = req
unit-checks = checks
unit-periods = periods

traffic-constant = Constant
traffic-ramps = Ramps
traffic-steps = Jumps
arrivals-poisson = Random (Poisson)
arrivals-constant = Like clockwork
law-constant = Always the same
law-uniform = Uniform
law-exponential = Exponential
law-lognormal = Lognormal
policy-round-robin = round robin
policy-least-outstanding-requests = least outstanding requests
policy-power-of-choices = power of choices
policy-smooth-weighted-round-robin = smooth weighted round robin
policy-least-request = least request
policy-least-connections = least connections
policy-random = random
policy-random-two = random two
policy-automatic-target-weights = automatic target weights
policy-peak-ewma = peak EWMA
policy-least-response-time = least response time
policy-join-idle-queue = join idle queue
policy-ip-hash = IP hash
policy-ring-hash = ring hash
policy-ketama = ketama
policy-maglev = Maglev
policy-bounded-load = bounded load
policy-prequal = Prequal
comparison-greater = above
comparison-greater-or-equal = at or above
comparison-less = below
comparison-less-or-equal = at or below
missing-data-missing = keeps no state
missing-data-ignore = keeps the state
missing-data-breaching = counts as bad
missing-data-not-breaching = counts as good
adjustment-change = add or remove servers
adjustment-percent = add or remove percent
adjustment-exact = set the number
region-us-east-1 = N. Virginia (us-east-1)
region-ap-northeast-2 = Seoul (ap-northeast-2)

policy-error-range = { $value } is out of range; set it to { $min } to { $max }.
policy-error-period = { $value } s is no period of CloudWatch. Use 10, 30 or a multiple of 60 up to 86,400.
policy-error-count = there are { $count } steps; use 1 to 20.
policy-error-bounds = step { $step } needs a lower bound under its upper one, and only one may be open.
policy-error-gap = one step ends at { $upper }, the next begins at { $lower }. Make them equal.
policy-error-open-above = no step is open above. Leave the upper bound of the highest one empty.
policy-error-open-below = no step is open below. Leave the lower bound of the lowest one empty.
policy-error-other = { $error }.

## Notices.

notice-copied = { $count ->
    [one] Copied 1 node.
   *[other] Copied { $count } nodes.
}
notice-copy-failed = The browser does not allow copying here.
notice-link-copied = Link copied: { $chars } characters, fits into any chat.
notice-link-copied-long = Link copied: { $chars } characters. Chat programs cut links over 2,000; share the file there.
notice-link-not-copied = The browser does not allow copying here. The link is in the address bar.
notice-opened-link = Opened “{ $name }” from the link.
notice-opened-file = Opened “{ $name }” from the file.
notice-opened-template = Opened the template “{ $name }”.
notice-brought-back = “{ $name }” is back.
offer-bring-back = Bring back what I had
notice-broken-file = This is not a design that can be opened: { $error }
notice-broken-paste = What was pasted is not a part of a design: { $error }
notice-unreadable-file = The file cannot be read as text.
notice-download-failed = The browser refused the download.
notice-storage-denied = This browser keeps nothing for the page (a private window?). Save the design as a file or share a link before you leave.
notice-storage-full = The browser’s storage for this page is full, so changes are not kept. Save the design as a file.

edit-error-gone = It does not exist any more.
edit-error-exists = It exists already.
edit-error-not-allowed = Requests cannot go from a { $from } to a { $to }.
edit-error-already-linked = These two are linked already.
edit-error-circle = The link would close a circle, and a request would never end.

link-error-empty = The link carries no design.
link-error-no-version = This link is not a design: it does not begin with “v{ $known }.”. Your design is unchanged.
link-error-unknown-version = This link has version { $version }; this page reads up to version { $known }. Reload the page to get the newest one. Your design is unchanged.
link-error-too-long = This link has { $chars } characters, more than the { $max } allowed. Ask for the file instead. Your design is unchanged.
link-error-bad-character = Character { $at } of the link is “{ $character }”, which no link contains. Copy the link again. Your design is unchanged.
link-error-truncated = This link ends too early or was altered ({ $chars } characters arrived). Copy the whole link again. Your design is unchanged.
link-error-too-large = This link unpacks to more than { $mib } MiB, which no design needs. Your design is unchanged.
link-error-malformed = This link is not a design ({ $message }). Your design is unchanged.
link-error-document = This link is not a valid design: { $error } Your design is unchanged.

document-error-json = at { $path }: { $message }.
document-error-not-a-design = its format is “{ $format }”, not “gomujul”.
document-error-newer-version = its version { $version } is newer than this page reads ({ $known }). Reload the page.
document-error-duplicate-node = two nodes have the id { $id }. Give one of them another.
document-error-duplicate-link = two links have the id { $id }. Give one of them another.
document-error-dangling-link = link { $link } refers to node { $node }, which does not exist. Add the node or remove the link.
document-error-too-many-nodes = { $count } nodes are more than the { $max } that a design may have.
document-error-too-many-links = { $count } links are more than the { $max } that a design may have.
document-error-name-too-long = a name has { $chars } characters. Shorten it to { $max } or fewer.

crash-title = The page has failed
crash-text = Your design is safe. Download it, then reload the page; it opens again with the design that the browser kept. What follows helps to find the cause.
crash-download = Download my design
crash-reload = Reload the page
