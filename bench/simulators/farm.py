"""farm.py SERVERS REQUESTS: the benchmark's farm in SimPy.

Prints requests a second and the mean latency in milliseconds, by which one sees that it is the
same model: n FIFO servers, Poisson arrivals, exponential work, 80 % load, power of two choices.
"""

import random
import sys
import time

import simpy

WORK_S = 0.01


def main(servers: int, requests: int) -> None:
    env = simpy.Environment()
    rng = random.Random(1)
    pool = [simpy.Resource(env, capacity=1) for _ in range(servers)]
    load = [0] * servers
    total = 0.0
    completed = 0
    done = env.event()

    def request(server: int):
        nonlocal total, completed
        arrived = env.now
        load[server] += 1
        with pool[server].request() as turn:
            yield turn
            yield env.timeout(rng.expovariate(1 / WORK_S))
        load[server] -= 1
        total += env.now - arrived
        completed += 1
        if completed == requests:
            done.succeed()

    def arrivals():
        rate = 0.8 * servers / WORK_S
        while True:
            first, second = rng.sample(range(servers), 2)
            env.process(request(second if load[second] < load[first] else first))
            yield env.timeout(rng.expovariate(rate))

    start = time.process_time()
    env.process(arrivals())
    env.run(until=done)
    print(requests / (time.process_time() - start), total / requests * 1e3)


main(int(sys.argv[1]), int(sys.argv[2]))
