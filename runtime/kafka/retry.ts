/**
 * Repeats a request while its error says that another try may succeed: connection errors and Kafka's retriable codes.
 * Exponential backoff with jitter. Relies on errors with a boolean `retriable`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorCode, KafkaProtocolError } from './protocol/index.js'
import { AuthorizationError } from './authorization-error.js'
import type { CoordinatorKind, KafkaClient } from './client.js'
import type { NodeId } from './transport/transport.js'

export interface RetryOptions {
  /** How long to go on trying, in ms; Infinity: until the signal aborts. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Default 100 ms, doubled at each try up to `maxBackoffMs` (default 1,000 ms). */
  readonly backoffMs?: number
  readonly maxBackoffMs?: number
  /** Permissions are waited for as well, since they may be granted meanwhile. Default: true. */
  readonly awaitsGrants?: boolean
  /** Told of each failure that will be retried. */
  readonly onRetry?: ((error: Error) => void) | undefined
}

export const isRetriable = (error: unknown): error is Error & { readonly retriable: true } =>
  error instanceof Error && Reflect.get(error, 'retriable') === true

/** Sleeps; returns early, without an error, when the signal aborts. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    if (signal?.aborted !== true) throw error
  }
}

const jitter = (ms: number): number => ms * (0.8 + 0.4 * Math.random())

export const retry = async <T>(action: () => Promise<T>, options: RetryOptions): Promise<T> => {
  const started = performance.now()
  const max = options.maxBackoffMs ?? 1000
  for (let backoff = options.backoffMs ?? 100; ; backoff = Math.min(2 * backoff, max)) {
    options.signal?.throwIfAborted()
    try {
      return await action()
    } catch (error) {
      const elapsed = performance.now() - started
      const isFinal = options.awaitsGrants === false && error instanceof AuthorizationError
      if (isFinal || !isRetriable(error) || elapsed + backoff > options.timeoutMs) throw error
      options.onRetry?.(error)
      await pause(jitter(backoff), options.signal)
    }
  }
}

const COORDINATOR_MOVED: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
])

/** Runs `action` at the coordinator, finding it anew when it moved or does not answer. */
export const atCoordinator = async <T>(
  client: KafkaClient,
  kind: CoordinatorKind,
  key: string,
  options: RetryOptions,
  action: (node: NodeId) => Promise<T>,
): Promise<T> =>
  retry(async () => {
    try {
      return await action(await client.coordinator(kind, key))
    } catch (error) {
      const moved = error instanceof KafkaProtocolError && COORDINATOR_MOVED.has(error.code)
      if (moved || (isRetriable(error) && !(error instanceof KafkaProtocolError))) client.forgetCoordinator(kind, key)
      throw error
    }
  }, options)
