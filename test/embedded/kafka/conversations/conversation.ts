/**
 * A conversation: requests in a fixed order, whose normalized answers are the transcript. The goldens were recorded
 * from Apache Kafka; the embedded broker has to answer the same, and Kafka has to answer so still.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { ErrorCode, api } from '../../../../runtime/kafka/protocol/index.js'
import type { Api, FetchRequestInput, ProduceRequestInput } from '../../../../runtime/kafka/protocol/index.js'
import { buildBatch } from '../../../../runtime/kafka/record-batch/index.js'
import type { BuildOptions, RecordInput } from '../../../../runtime/kafka/record-batch/index.js'
import { ConnectionClosed, WireClient } from '../wire-client.js'
import { Normalizer } from './normalize.js'
import type { Plain } from './normalize.js'

export interface Step {
  readonly step: string
  readonly answer: Plain
}

export interface Conversation {
  readonly name: string
  readonly hold: (talk: Talk) => Promise<void>
}

/** A fixed time in the past, so that transcripts repeat; topics of conversations keep records for ever. */
export const BASE_TIME = 1_700_000_000_000

const RETRIED: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.CONCURRENT_TRANSACTIONS,
])

const MAX_TRIES = 500
const ANSWER_TIMEOUT_MS = 20_000

const inTime = <T>(answer: Promise<T>, request: string): Promise<T> => {
  const expired = new AbortController()
  const late = delay(ANSWER_TIMEOUT_MS, undefined, { signal: expired.signal, ref: false }).then(
    () => Promise.reject(new Error(`no answer to ${request} in ${ANSWER_TIMEOUT_MS} ms`)),
    () => answer,
  )
  return Promise.race([answer, late]).finally(() => expired.abort())
}

/** The first error code anywhere in an answer. */
const errorIn = (value: unknown): number => {
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return 0
  for (const [key, item] of Object.entries(value)) {
    const found =
      (key === 'errorCode' || key === 'partitionErrorCode') && typeof item === 'number' ? item : errorIn(item)
    if (found !== 0) return found
  }
  return 0
}

export class Talk {
  readonly steps: Step[] = []
  readonly #bootstrap: string
  readonly #prefix = `c${randomBytes(5).toString('hex')}-`
  readonly #normalizer = new Normalizer(this.#prefix)
  readonly #clients: WireClient[] = []
  #main: WireClient | null = null

  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap
  }

  /** A name of its own for topics, groups and transactional ids; the transcript shows `name`. */
  unique(name: string): string {
    return `${this.#prefix}${name}`
  }

  async client(): Promise<WireClient> {
    const client = await WireClient.open(this.#bootstrap)
    this.#clients.push(client)
    return client
  }

  /** Sends on the main connection, or on `client`, and records the answer, or that there is none. */
  async say<Input, Response>(
    step: string,
    target: Api<Input, unknown, never, Response>,
    version: number,
    message: Input,
    client?: WireClient,
  ): Promise<Response | null> {
    const response = await this.#ask(target, version, message, client)
    this.note(step, response ?? 'connection closed')
    return response
  }

  /** Sends without recording; fails when the connection ends. */
  async quietly<Input, Response>(
    target: Api<Input, unknown, never, Response>,
    version: number,
    message: Input,
    client?: WireClient,
  ): Promise<Response> {
    const response = await this.#ask(target, version, message, client)
    if (response === null) throw new Error(`${target.name} ${version}: connection closed`)
    return response
  }

  note(step: string, answer: unknown): void {
    this.steps.push({ step, answer: this.#normalizer.plain(answer) })
  }

  /** Creates a topic that keeps its records, and waits until its partitions have leaders. */
  async topic(name: string, numPartitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const full = this.unique(name)
    // Kafka starts a segment where time jumps, and a Fetch ends with its segment.
    const all = Object.entries({ 'retention.ms': '-1', 'segment.ms': '9223372036854775807', ...configs })
    const created = await this.quietly(api.CreateTopics, 5, {
      timeoutMs: 10_000,
      topics: [
        {
          name: full,
          numPartitions,
          replicationFactor: 1,
          assignments: [],
          configs: all.map(([key, value]) => ({ name: key, value })),
        },
      ],
    })
    if (errorIn(created) !== 0) throw new Error(`topic ${name}: ${JSON.stringify(created)}`)
    const partitions = Array.from({ length: numPartitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1n,
    }))
    // Metadata can name a leader that does not serve yet.
    for (;;) {
      const { topics } = await this.quietly(api.Metadata, 9, {
        topics: [{ name: full }],
        allowAutoTopicCreation: false,
      })
      const listed = await this.quietly(api.ListOffsets, 5, { replicaId: -1, topics: [{ name: full, partitions }] })
      if (errorIn(topics) === 0 && errorIn(listed) === 0) return full
      await delay(10)
    }
  }

  /** A group whose coordinator is ready. */
  async group(name: string): Promise<string> {
    const key = this.unique(name)
    await this.quietly(api.FindCoordinator, 3, { key, keyType: 0 })
    return key
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }

  async #ask<Input, Response>(
    target: Api<Input, unknown, never, Response>,
    version: number,
    message: Input,
    given?: WireClient,
  ): Promise<Response | null> {
    for (let tries = 0; ; tries++) {
      const client = given ?? (await this.#mainClient())
      try {
        const response = await inTime(client.send(target, version, message), `${target.name} ${version}`)
        if (!RETRIED.has(errorIn(response)) || tries === MAX_TRIES) return response
        await delay(20)
      } catch (error) {
        if (error instanceof ConnectionClosed) return null
        throw error
      }
    }
  }

  async #mainClient(): Promise<WireClient> {
    if (this.#main === null || this.#main.isClosed) this.#main = await this.client()
    return this.#main
  }
}

export const transcriptOf = async (conversation: Conversation, bootstrap: string): Promise<readonly Step[]> => {
  const talk = new Talk(bootstrap)
  try {
    await conversation.hold(talk)
    return talk.steps
  } finally {
    talk.close()
  }
}

/** One record per value, one ms apart, without keys. */
export const records = (...values: readonly string[]): RecordInput[] =>
  values.map((value, index) => ({ timestamp: BASE_TIME + index, key: null, value: Buffer.from(value) }))

export const batchOf = (values: readonly string[], options: BuildOptions = {}): Buffer =>
  buildBatch(records(...values), options)

/** A Produce request for one partition. */
export const produceTo = (
  topic: string,
  batch: Buffer | null,
  options: { readonly partition?: number; readonly acks?: number; readonly transactionalId?: string } = {},
): ProduceRequestInput => ({
  acks: options.acks ?? -1,
  timeoutMs: 5000,
  transactionalId: options.transactionalId ?? null,
  topicData: [{ name: topic, partitionData: [{ index: options.partition ?? 0, records: batch }] }],
})

/** A Fetch request for one partition. */
export const fetchFrom = (
  topic: string,
  fetchOffset: number,
  options: {
    readonly partition?: number
    readonly maxBytes?: number
    readonly partitionMaxBytes?: number
    readonly maxWaitMs?: number
    readonly minBytes?: number
    readonly currentLeaderEpoch?: number
    readonly isolationLevel?: number
  } = {},
): FetchRequestInput => ({
  maxWaitMs: options.maxWaitMs ?? 0,
  minBytes: options.minBytes ?? 1,
  maxBytes: options.maxBytes ?? 1_000_000,
  isolationLevel: options.isolationLevel ?? 0,
  topics: [
    {
      topic,
      partitions: [
        {
          partition: options.partition ?? 0,
          fetchOffset: BigInt(fetchOffset),
          partitionMaxBytes: options.partitionMaxBytes ?? 1_000_000,
          ...(options.currentLeaderEpoch === undefined ? {} : { currentLeaderEpoch: options.currentLeaderEpoch }),
        },
      ],
    },
  ],
})
