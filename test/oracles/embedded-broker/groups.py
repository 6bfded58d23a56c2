"""Three librdkafka consumers share a topic; one leaves, one comes back. Prints what was seen, and how it was owned."""

import json
import sys
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

PARTITIONS = 4


class Member:
    def __init__(self, job, number, seen):
        self.number = number
        self.owned = set()
        self.stopped = False
        self.seen = seen
        config = {
            "bootstrap.servers": job["brokers"],
            "group.id": job["group"],
            "auto.offset.reset": "earliest",
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 200,
            "partition.assignment.strategy": job["strategy"],
            "check.crcs": True,
        }
        if job["static"]:
            config["group.instance.id"] = f"instance-{number}"
        self.cooperative = job["strategy"] == "cooperative-sticky"
        self.consumer = Consumer(config)
        self.consumer.subscribe([job["topic"]], on_assign=self.assigned, on_revoke=self.revoked)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def assigned(self, consumer, partitions):
        self.owned |= {partition.partition for partition in partitions}
        consumer.incremental_assign(partitions) if self.cooperative else consumer.assign(partitions)

    def revoked(self, consumer, partitions):
        self.owned -= {partition.partition for partition in partitions}
        consumer.incremental_unassign(partitions) if self.cooperative else consumer.unassign()

    def run(self):
        while not self.stopped:
            message = self.consumer.poll(0.1)
            if message is not None and not message.error():
                place = (message.partition(), message.offset())
                self.seen[place] = self.seen.get(place, 0) + 1
        self.consumer.close()

    def stop(self):
        self.stopped = True
        self.thread.join()


def wait(what, condition):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"never: {what}")
        time.sleep(0.02)


def main():
    job = json.load(sys.stdin)
    admin = AdminClient({"bootstrap.servers": job["brokers"]})
    producer = Producer(
        {"bootstrap.servers": job["brokers"], "enable.idempotence": True, "compression.type": job["compression"]}
    )
    failures = []
    seen = {}
    sent = 0

    def send(count):
        nonlocal sent
        for number in range(sent, sent + count):
            producer.produce(
                job["topic"],
                key=str(number % 100),
                value=f"value {number}",
                on_delivery=lambda error, _: failures.append(str(error)) if error else None,
            )
            producer.poll(0)
        producer.flush(20)
        sent += count
        wait("all records are seen", lambda: len(seen) == sent)

    def balanced(members):
        owned = [member.owned for member in members]
        return all(owned) and sorted(p for own in owned for p in own) == list(range(PARTITIONS))

    members = [Member(job, number, seen) for number in range(3)]
    wait("three members share the topic", lambda: balanced(members))
    send(5000)
    described = admin.describe_consumer_groups([job["group"]])[job["group"]].result()
    members.pop(1).stop()
    # A static member leaves its place behind until its session ends.
    wait("two members share the topic", lambda: job["static"] or balanced(members))
    members.append(Member(job, 1, seen))
    wait("three members share the topic again", lambda: balanced(members))
    send(5000)
    for member in members:
        member.stop()
    ends = admin.list_offsets({TopicPartition(job["topic"], n): OffsetSpec.latest() for n in range(PARTITIONS)})
    reader = Consumer({"bootstrap.servers": job["brokers"], "group.id": job["group"]})
    committed = reader.committed([TopicPartition(job["topic"], n) for n in range(PARTITIONS)], 10)
    reader.close()
    json.dump(
        {
            "failures": failures,
            "seen": len(seen),
            "twice": sum(1 for count in seen.values() if count > 1),
            "state": described.state.name,
            "members": len(described.members),
            "end": sum(future.result().offset for future in ends.values()),
            "committed": sum(place.offset for place in committed),
        },
        sys.stdout,
    )


main()
