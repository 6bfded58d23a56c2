"""fastavro on a batch of cases: what it writes for a value, what it reads with another schema, canonical form and
fingerprint of the schema. Values travel as JSON with tags: {"$bytes": hex}, {"$double": hex}, {"$long": text},
{"$branch": [name, value]} for a value of a union that is to be written."""
import io
import json
import struct
import sys

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form


def untag(value):
    if isinstance(value, list):
        return [untag(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), = value.items()
        if key == "$bytes":
            return bytes.fromhex(inner)
        if key == "$double":
            return struct.unpack(">d", bytes.fromhex(inner))[0]
        if key == "$long":
            return int(inner)
        if key == "$branch":
            return (inner[0], untag(inner[1]))
    return {key: untag(inner) for key, inner in value.items()}


def tag(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"$long": str(value)}
    if isinstance(value, float):
        return {"$double": struct.pack(">d", value).hex()}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, list):
        return [tag(item) for item in value]
    return {key: tag(inner) for key, inner in value.items()}


def answer(case):
    writer = fastavro.parse_schema(case["writer"])
    reader = fastavro.parse_schema(case["reader"])
    out = io.BytesIO()
    fastavro.schemaless_writer(out, writer, untag(case["value"]))
    read = fastavro.schemaless_reader(io.BytesIO(bytes.fromhex(case["bytes"])), writer, reader)
    canonical = to_parsing_canonical_form(case["writer"])
    return {
        "bytes": out.getvalue().hex(),
        "read": tag(read),
        "canonical": canonical,
        "fingerprint": fingerprint(canonical, "CRC-64-AVRO"),
    }


job = json.load(sys.stdin)
json.dump([answer(case) for case in job["cases"]], sys.stdout)
