"""
Two librdkafka members of one group read a topic to its end, commit and leave; a third one must find nothing left.
Prints how many records each of the two had, and all values.
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


def read(consumers, enough, seconds):
    values = [[] for _ in consumers]
    deadline = time.monotonic() + seconds
    while sum(map(len, values)) < enough and time.monotonic() < deadline:
        for consumer, mine in zip(consumers, values):
            message = consumer.poll(0.05)
            if message is None:
                continue
            if message.error():
                sys.exit(str(message.error()))
            mine.append(message.value().decode())
    return values


def assigned(consumers, partitions, seconds):
    """Polls until every member owns its part; records that come meanwhile are given back by seeking."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for consumer in consumers:
            consumer.poll(0.05)
        owned = [len(consumer.assignment()) for consumer in consumers]
        if sum(owned) == partitions and 0 not in owned:
            for consumer in consumers:
                for partition in consumer.assignment():
                    partition.offset = 0
                    consumer.seek(partition)
            return owned
    sys.exit("the group did not settle")


def main():
    job = json.load(sys.stdin)
    consumers = [member(job, "one"), member(job, "two")]
    owned = assigned(consumers, job["partitions"], 30)
    values = read(consumers, job["count"], 30)
    for consumer, mine in zip(consumers, values):
        if mine:
            consumer.commit(asynchronous=False)
        consumer.close()
    third = member(job, "three")
    left = read([third], 1, 3)
    third.close()
    json.dump({"owned": owned, "values": sorted(values[0] + values[1]), "left": left[0]}, sys.stdout)


main()
