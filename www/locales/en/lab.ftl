## Experiments: many runs instead of one.

run-tab-lab = Experiments
lab-label = Experiment
lab-compare = Compare two
lab-repeat = Repeat
lab-sweep = Vary settings
lab-kept = A: { $name } (kept). B: the design on the canvas.
lab-kept-none = A and B: the design on the canvas, B with the settings below.
lab-keep = Keep this design as A
lab-forget = Forget A
lab-field = Setting
lab-value = Value in B
lab-values = Values
lab-count = Runs of each
lab-start = Run
lab-cancel = Cancel
lab-progress = { $done } of { $count } runs, { $workers ->
    [one] one worker
   *[other] { $workers } workers
  }
lab-done = { $done } of { $count } runs
lab-failed = { $done } of { $count } runs; { $failed } could not be done
lab-empty = One run is one draw of luck. Repeat a design to see how sure its figures are, compare two on the same traffic, or vary a setting.
lab-report = What was found
lab-sound = Every run adds up: no request lost, Little’s law holds.
lab-unsound = A run does not add up: please report this design.
lab-estimate = Mean of the runs, 95 % interval
lab-difference = B − A, 95 % interval
lab-verdict = Verdict
lab-better = better
lab-worse = worse
lab-no-difference = no difference
lab-more-pairs = A verdict needs two pairs of runs.
lab-b-better = B is better: { $metric } { $difference }, over { $pairs } pairs on the same traffic.
lab-b-worse = B is worse: { $metric } { $difference }, over { $pairs } pairs on the same traffic.
lab-b-same = No difference that chance does not explain: { $metric } { $difference }, over { $pairs } pairs on the same traffic.
lab-bad-count = “{ $value }” runs: write a whole number such as 10.
lab-bad-jobs = { $count } runs in all: use 1 to 100,000.
lab-same = A and B are the same. Keep this design as A and change it, or give B another value of a setting.
lab-no-values = Name a setting and its values, such as cores and 1, 2, 4.
lab-no-thing = Nothing is called “{ $name }”: use its number or its exact name.
lab-no-field = There is no setting “{ $name }”. The list offers those that exist.
lab-ambiguous = Several nodes have “{ $name }”. Write { $instead }.
lab-bad-value = { $name } does not take “{ $value }”.
lab-broken = Design { $number } has errors: mend them first, or use values in range.
metric-mean = mean latency
metric-p50 = p50
metric-p95 = p95
metric-p99 = p99
metric-p999 = p99.9
metric-throughput = throughput
metric-failed = failed
metric-cost = cost
