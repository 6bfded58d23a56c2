"""Reads one partition from its start with librdkafka and prints the records."""

import json
import sys
import time

from confluent_kafka import Consumer, TopicPartition


def tohex(data):
    return None if data is None else data.hex()


def main():
    job = json.load(sys.stdin)
    consumer = Consumer(
        {
            "bootstrap.servers": job["brokers"],
            "group.id": "oracle",
            "enable.auto.commit": False,
            "isolation.level": job.get("isolation", "read_committed"),
            "check.crcs": True,
            "fetch.max.bytes": 16_000_000,
            "max.partition.fetch.bytes": 8_000_000,
        }
    )
    consumer.assign([TopicPartition(job["topic"], job["partition"], 0)])
    records = []
    deadline = time.monotonic() + 30
    while len(records) < job["count"]:
        if time.monotonic() > deadline:
            sys.exit(f"only {len(records)} of {job['count']} records came")
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error():
            sys.exit(str(message.error()))
        records.append(
            {
                "key": tohex(message.key()),
                "value": tohex(message.value()),
                "timestamp": message.timestamp()[1],
                "headers": [[name, tohex(value)] for name, value in message.headers() or []],
            }
        )
    consumer.close()
    json.dump(records, sys.stdout)


main()
