"""
Two librdkafka members of one group read a topic to its end, commit and leave; a third one must find nothing left.
Prints how many partitions each of the two had, and all values.
"""

import json
import sys
import time

from confluent_kafka import Consumer


def member(job, name):
    consumer = Consumer(
        {
            "bootstrap.servers": job["brokers"],
            "group.id": job["group"],
            "client.id": name,
            "partition.assignment.strategy": job["strategy"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 10_000,
        }
    )
    consumer.subscribe([job["topic"]])
    return consumer


def poll(consumers, values, until, seconds):
    """Collects values until the condition holds; says whether it does."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            return False
        for consumer in consumers:
            message = consumer.poll(0.01)
            if message is None:
                continue
            if message.error():
                sys.exit(str(message.error()))
            values.add(message.value().decode())
    return True


def main():
    job = json.load(sys.stdin)
    consumers = [member(job, "one"), member(job, "two")]
    # A record comes again where its partition moves before a commit.
    values = set()

    def owned():
        return [len(consumer.assignment()) for consumer in consumers]

    def settled():
        return sum(owned()) == job["partitions"] and 0 not in owned()

    def at_end():
        positions = [each for consumer in consumers for each in consumer.position(consumer.assignment())]
        return settled() and sum(max(each.offset, 0) for each in positions) == job["count"]

    if not poll(consumers, values, settled, 30):
        sys.exit("the group did not settle")
    if not poll(consumers, values, at_end, 30):
        positions = [str(consumer.position(consumer.assignment())) for consumer in consumers]
        sys.exit(f"not read to the end: {len(values)} values, {positions}")
    shares = owned()
    for consumer in consumers:
        # Said explicitly: what a consumer has stored by itself does not survive a rebalance, its position does.
        consumer.commit(offsets=consumer.position(consumer.assignment()), asynchronous=False)
        consumer.close()
    third = member(job, "three")
    left = set()
    poll([third], left, lambda: len(left) > 0, 3)
    third.close()
    json.dump({"owned": shares, "values": sorted(values), "left": sorted(left)}, sys.stdout)


main()
