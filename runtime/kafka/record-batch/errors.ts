/** Typed errors of the record-batch layer. It does not know topic and partition: callers add them. */

/** A batch or record whose bytes contradict themselves, or whose checksum is wrong. Skip it or fetch it again. */
export class CorruptBatchError extends Error {
  override readonly name = 'CorruptBatchError'

  constructor(
    readonly baseOffset: number,
    reason: string,
  ) {
    super(`corrupt record batch at offset ${baseOffset}: ${reason}`)
  }
}

/** Message format 0 or 1: written before Kafka 0.11, or by a client that old. */
export class UnsupportedMagicError extends Error {
  override readonly name = 'UnsupportedMagicError'

  constructor(
    readonly baseOffset: number,
    readonly magic: number,
  ) {
    super(
      `record batch at offset ${baseOffset} has message format ${magic}; only format 2 (Kafka 0.11 and later) is read. ` +
        'Copy the topic with a Kafka client of version 3, or start after the old segments',
    )
  }
}

/** A record is larger than the broker may accept; nothing of it was written. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError'

  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(
      `record of ${bytes} bytes with its batch header exceeds the limit of ${maxBytes}: ` +
        "raise the topic's max.message.bytes and the limit here, or make the record smaller",
    )
  }
}

/** A timestamp that Kafka does not accept. Nothing of the record was written. */
export class InvalidTimestampError extends Error {
  override readonly name = 'InvalidTimestampError'

  constructor(readonly timestamp: number) {
    super(`timestamp ${timestamp}: record timestamps are whole milliseconds since 1970, not negative`)
  }
}

/** The optional package that a codec needs is not installed. */
export class CodecMissingError extends Error {
  override readonly name = 'CodecMissingError'

  constructor(
    readonly codec: string,
    readonly packageName: string,
    hint = '',
  ) {
    super(`${codec} compression needs the optional package ${packageName}: npm install ${packageName}${hint}`)
  }
}

/** Compressed bytes that cannot be decompressed, or to more than the limit. */
export class DecompressionError extends Error {
  override readonly name = 'DecompressionError'

  constructor(
    readonly codec: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`cannot decompress ${codec}: ${reason}`, options)
  }
}

export const tooManyBytes = (codec: string, maxBytes: number): DecompressionError =>
  new DecompressionError(codec, `more than the limit of ${maxBytes} bytes (maxDecompressedBytes)`)
