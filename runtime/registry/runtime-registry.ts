/** Port to the schema registry, as far as running needs it: read-only. */

export interface RuntimeRegistry {
  /** Id under which this schema is registered for the subject, references inlined; undefined: it is not. */
  findId(subject: string, schema: string, fingerprint: string): Promise<number | undefined>
  /** Prepares to read messages of a writer schema by its id; undefined: the registry does not know the id. */
  writer(id: number): Promise<WriterSchema | undefined>
  close(): void
}

/** A writer schema that was unknown at build time. */
export interface WriterSchema {
  /** Rewrites the Avro bytes in [start, end) in the reader schema, without a frame. Throws when they do not resolve. */
  transcode(readerSchema: string, buffer: Buffer, start: number, end: number): Buffer
}

/** The registry did not give a usable answer; `retriable` unless it refused us. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'

  constructor(
    message: string,
    readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
