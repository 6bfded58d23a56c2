/** Starts the embedded registry, and the handle by which tests and tools steer it. */
import { RegistryFaults } from './faults.js'
import { RegistryServer, type RegistryAuth, type RequestLogEntry } from './server.js'
import { readStoreFile, writeStoreFile } from './store-file.js'
import { RegistryStore, type RegistrySnapshot, type SchemaRequest } from './store.js'

export interface RegistryOptions {
  /** Default 0: a free one. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default: nobody has to say who they are. */
  readonly auth?: RegistryAuth
  /** Content to start with; default empty. */
  readonly snapshot?: RegistrySnapshot
  /** Keeps the content over restarts; one registry at a time may use it. Default: it is gone with the registry. */
  readonly file?: string
}

export interface EmbeddedRegistry extends AsyncDisposable {
  /** Base URL, without a slash at the end. */
  readonly url: string
  /** Errors, delays and cut connections for coming requests. */
  readonly faults: Pick<RegistryFaults, 'add' | 'clear'>
  /** Requests so far, oldest first (the last 10,000). */
  readonly requests: readonly RequestLogEntry[]
  /** Registers directly, without HTTP; returns the id. @throws RegistryFailure */
  register(subject: string, schema: string, options?: Omit<SchemaRequest, 'schema'>): number
  /** Stops listening; connections are refused until `up`. */
  down(): Promise<void>
  /** Listens again, on the same port, with the same content. */
  up(): Promise<void>
  /** All content as plain data, for `RegistryOptions.snapshot`. */
  snapshot(): RegistrySnapshot
  close(): Promise<void>
}

/**
 * A schema registry with the REST API of Confluent's, in this process, on a loopback port, in memory. Avro with real
 * compatibility checks; JSON Schema and Protobuf are kept, but not understood.
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<EmbeddedRegistry> {
  const store = new RegistryStore()
  const { file } = options
  const snapshot = options.snapshot ?? (file === undefined ? undefined : readStoreFile(file))
  if (snapshot !== undefined) store.restore(snapshot)
  const save = (): void => {
    if (file !== undefined) writeStoreFile(file, store.snapshot())
  }
  const faults = new RegistryFaults()
  const server = new RegistryServer(
    store,
    faults,
    options.auth ?? {},
    options.host ?? '127.0.0.1',
    options.port ?? 0,
    save,
  )
  await server.start()
  const close = (): Promise<void> => server.stop()
  return {
    url: server.url,
    faults,
    requests: server.log,
    register: (subject, schema, rest) => {
      const id = store.register(subject, { schema, ...rest })
      save()
      return id
    },
    down: close,
    up: () => server.start(),
    snapshot: () => store.snapshot(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
