"""Writes the records of its input to one partition with librdkafka."""

import json
import sys

from confluent_kafka import Producer


def unhex(text):
    return None if text is None else bytes.fromhex(text)


def main():
    job = json.load(sys.stdin)
    failures = []
    producer = Producer(
        {
            "bootstrap.servers": job["brokers"],
            "compression.type": job["compression"],
            "enable.idempotence": True,
            "linger.ms": 50,
            "message.max.bytes": 4_000_000,
        }
    )
    for record in job["records"]:
        producer.produce(
            job["topic"],
            partition=job["partition"],
            key=unhex(record["key"]),
            value=unhex(record["value"]),
            timestamp=record["timestamp"],
            headers=[(name, unhex(value)) for name, value in record["headers"]],
            on_delivery=lambda error, _: failures.append(str(error)) if error else None,
        )
    left = producer.flush(30)
    if failures or left:
        sys.exit(f"{len(failures)} records refused, {left} not answered: {failures[:3]}")
    json.dump({"written": len(job["records"])}, sys.stdout)


main()
