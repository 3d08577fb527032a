## What is seen while a run goes on: dots on the links.

run-next = Next event
run-next-hint = Simulate ahead to the next alarm, change of capacity or failure
dots-one = = 1 request
dots-many = = { $count } requests
dots-failed = failed
dots-hint = Each dot stands for this many requests. It shows how much flows and where to; how long a request takes is in the latency chart.

## Charts: more lines, tables, files.

chart-p95 = p95
chart-p99-high = p99, upper end of its 95 % interval
chart-p99-low = p99, lower end of its 95 % interval
chart-min = minimum
chart-max = maximum
chart-errors = Failed per second, by cause
chart-no-backend = nobody serves
chart-queue-full = queue full
chart-connect-failed = dead server
chart-reset = died with it
chart-timeout = gave up
chart-connection-timeout = no connection
chart-server-error = server error
chart-queue = Waiting and in flight
chart-queued = waiting
chart-in-flight = in flight
chart-cost = Cost per hour
chart-hourly = an hour
chart-time = Time
chart-toggle = Show or hide this line
chart-as-table = { $title } as a table
chart-as-csv = { $title } as a CSV file, every point
chart-as-json = { $title } as a JSON file, every point
charts-whole = Show the whole run

## The guided tour.

run-tour = Tour
run-tour-hint = A guided tour of this design from its first second: the run pauses where there is something to see
tour-label = Guided tour
tour-place = { $number } of { $count }
tour-next = Next
tour-done = Done
tour-wait = Watch…
tour-end = End the tour
tour-1 = Requests arrive from the internet. All of them come to the load balancer first; each moving dot stands for as many requests as the legend says.
tour-2 = The load balancer hands each request to one healthy server of the Auto Scaling group. A chip is a server: how full it is shows its CPU, the number is the requests it works on.
tour-3 = A crowd has arrived. The average CPU has been above the alarm’s threshold for as long as the alarm asks.
tour-4 = So the alarm is in state ALARM, and it signals the group to change the number of servers it wants.
tour-5 = The group launches a server by itself. It boots for over a minute: until then the others carry the load, and the latency shows it.
tour-6 = The new server has passed its health check. Only now does the load balancer put it on its list and send it requests.
tour-7 = The load is spread, CPU and latency have come down, the alarm is OK again. Play on to see the night, or kill a server and watch.
tour-plain-1 = Requests come from here. Each moving dot stands for as many requests as the legend says; a hollow one failed.
tour-plain-2 = Here they are worked on. Compare the latency below, median and 99th percentile, with how busy this is: close to full, small bursts make long queues.
tour-plain-3 = The run is over. The result says how sure its figures are, what theory expects, and what it costs.

## The result: what was lost, how long it took to recover.

result-p99 = p99, 95 % interval, requests
result-p99-value = { $value } ± { $width }, of { $count }
result-recovery = From alarm to OK
result-recovery-none = no alarm on too much load
result-recovery-value = { $longest }{ $count ->
    [one] {""}
   *[other] , the longest of { $count }
  }
result-recovery-open = still in ALARM at the end
