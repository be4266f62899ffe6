"""Threshold location in simpy, as its manual writes such models: jobs and machines are processes, the network is a delay.

python3 threshold.py JOBS MACHINES THRESHOLD PROBES GAP_US SERVICE_US prints the seconds it took and the mean response in
seconds. Used by the bench only.
"""

import random
import sys
import time

import simpy

JOBS, MACHINES, THRESHOLD, PROBES, GAP_US, SERVICE_US = map(int, sys.argv[1:])
DELAY = 0


class Machine:
    def __init__(self, env):
        self.processor = simpy.Resource(env, capacity=1)

    def load(self):
        return self.processor.count + len(self.processor.queue)


def job(env, machines, home, finished):
    """A job looks for a machine, waits there for the processor, and is served. Whoever is asked answers by a message."""
    arrived = env.now
    machine = machines[home]
    if machine.load() >= THRESHOLD:
        others = [k for k in range(MACHINES) if k != home]
        for other in random.sample(others, PROBES):
            yield env.timeout(DELAY)  # the probe
            below = machines[other].load() < THRESHOLD
            yield env.timeout(DELAY)  # the answer
            if below:
                machine = machines[other]
                yield env.timeout(DELAY)  # the job
                break
    with machine.processor.request() as turn:
        yield turn
        yield env.timeout(random.expovariate(1) * SERVICE_US)
    finished.append(env.now - arrived)
    if len(finished) == JOBS:
        env.done.succeed()


def arrivals(env, machines, home, finished):
    while True:
        yield env.timeout(random.expovariate(1) * GAP_US)
        env.process(job(env, machines, home, finished))


def main():
    random.seed(7)
    env = simpy.Environment()
    env.done = env.event()
    machines = [Machine(env) for _ in range(MACHINES)]
    finished = []
    for home in range(MACHINES):
        env.process(arrivals(env, machines, home, finished))
    start = time.perf_counter()
    env.run(until=env.done)
    seconds = time.perf_counter() - start
    print(seconds, sum(finished) / len(finished) / 1e6)


main()
