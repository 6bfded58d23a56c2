"""
Confluent's Avro serializer and deserializer, with a registry. Registers `schema`, serializes each of `values`, and
deserializes each of `messages`; bytes travel as hexadecimal text.
"""

import json
import sys

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext


def main():
    job = json.load(sys.stdin)
    client = SchemaRegistryClient({"url": job["registry"]})
    context = SerializationContext(job["topic"], MessageField.VALUE)
    schema_id = client.register_schema(job["topic"] + "-value", Schema(job["schema"], "AVRO"))
    serialize = AvroSerializer(client, job["schema"], conf={"auto.register.schemas": False})
    deserialize = AvroDeserializer(client)
    json.dump(
        {
            "id": schema_id,
            "messages": [serialize(value, context).hex() for value in job["values"]],
            "values": [deserialize(bytes.fromhex(message), context) for message in job["messages"]],
        },
        sys.stdout,
    )


main()
