/** Errors of one record: the runtime adds topic, partition and offset and applies the operator's policy. */

/** Bytes of a key or value that the pipeline cannot read. */
export class RecordFormatError extends Error {
  override readonly name: string = 'RecordFormatError'
}

/** A key or value that a sink's serde cannot write. */
export class RecordEncodeError extends Error {
  override readonly name: string = 'RecordEncodeError'
}

/** Leaves a record whose chosen topic has no metadata yet; the task turns it into Stop.UnknownTopic. */
export class UnknownTopic extends Error {
  constructor(readonly topic: string) {
    super(`topic ${topic} has no metadata yet`)
  }
}

export function unknownTopic(topic: string): never {
  throw new UnknownTopic(topic)
}

export function corruptRecord(): never {
  throw new RecordFormatError('the record batch is corrupt: a record reaches beyond its end')
}

export function nullRefused(part: string): never {
  throw new RecordFormatError(
    `the record's ${part} is null, which its serde does not allow: declare it with nullable(…), or set onError to skip such records`,
  )
}

export function badFrame(bytes: Uint8Array, start: number, end: number): never {
  const [magic] = bytes.subarray(start, end)
  if (end - start < 5) {
    throw new RecordFormatError(`${end - start} bytes are no Avro message: it begins with 0 and a schema id of 4 bytes`)
  }
  throw new RecordFormatError(`the first byte of the Avro message is ${magic}, not 0: it was not written with a schema registry`)
}

export function endOfData(): never {
  throw new RecordFormatError('the Avro data ends before the end of the value')
}

export function wrongEnd(left: number): never {
  if (left < 0) endOfData()
  throw new RecordFormatError(`${left} bytes are left over after the Avro value`)
}

export function badBranch(index: number): never {
  throw new RecordFormatError(`no union branch with index ${(index >>> 1) ^ -(index & 1)}`)
}

export function badBoolean(value: number): never {
  throw new RecordFormatError(`a boolean is 0 or 1, not ${value}`)
}

export function badSymbol(index: number, name: string): never {
  throw new RecordFormatError(`the symbol with index ${index} of enum ${name} cannot be read`)
}

export function badUtf8(field: string): never {
  throw new RecordFormatError(`${field} is no valid UTF-8`)
}

/** Writer and reader schema do not fit here. */
export function unreadable(message: string): never {
  throw new RecordFormatError(message)
}

/** What JavaScript says when a member of null is read. */
export function readOfNull(property: string): never {
  throw new TypeError(`Cannot read properties of null (reading '${property}')`)
}
