"""librdkafka copies a topic in transactions, aborting every third; then a zombie tries. Prints what remains."""

import json
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition


def main():
    job = json.load(sys.stdin)
    base = {"bootstrap.servers": job["brokers"]}
    source = Producer(base)
    for number in range(job["count"]):
        source.produce(job["input"], key=str(number), value=f"value {number}")
    source.flush(20)

    consumer = Consumer(
        {
            **base,
            "group.id": job["group"],
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
        }
    )
    consumer.subscribe([job["input"]])
    producer = Producer({**base, "transactional.id": job["transactionalId"]})
    producer.init_transactions(20)
    copied = 0
    transactions = 0
    while copied < job["count"]:
        messages = [message for message in consumer.consume(100, 1) if not message.error()]
        if not messages:
            continue
        transactions += 1
        for attempt in range(2 if transactions % 3 == 0 else 1):
            if attempt == 1:
                producer.flush(20)
                producer.abort_transaction(20)
            producer.begin_transaction()
            for message in messages:
                producer.produce(job["output"], key=message.key(), value=message.value())
        positions = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 20)
        producer.commit_transaction(20)
        copied += len(messages)

    successor = Producer({**base, "transactional.id": job["transactionalId"]})
    successor.init_transactions(20)
    fenced = False
    try:
        producer.begin_transaction()
        producer.produce(job["output"], "zombie")
        producer.commit_transaction(20)
    except KafkaException as error:
        fenced = error.args[0].fatal()
    consumer.close()

    reader = Consumer({**base, "group.id": "reader", "isolation.level": "read_committed", "check.crcs": True})
    ends = {}
    for partition in range(job["partitions"]):
        place = TopicPartition(job["output"], partition, 0)
        ends[partition] = reader.get_watermark_offsets(place, 10)[1]
    reader.assign([TopicPartition(job["output"], partition, 0) for partition in ends])
    values = []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(
        place.offset < ends[place.partition]
        for place in reader.position([TopicPartition(job["output"], partition) for partition in ends])
    ):
        message = reader.poll(0.2)
        if message is not None and not message.error():
            values.append(message.value().decode())
    reader.close()
    own = Consumer({**base, "group.id": job["group"]})
    committed = own.committed([TopicPartition(job["input"], n) for n in range(job["partitions"])], 10)
    own.close()
    json.dump(
        {
            "read": len(values),
            "different": len(set(values)),
            "fenced": fenced,
            "committed": sum(place.offset for place in committed),
        },
        sys.stdout,
    )


main()
