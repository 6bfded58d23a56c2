/** A topic, its partitions, and who leads them. */
import { randomBytes } from 'node:crypto'
import { uuidFromBytes } from '../../runtime/kafka/protocol/index.js'
import { PartitionLog, type RollRules } from './log/partition-log.js'
import type { Storage, StoredPartition } from './storage/storage.js'
import { TopicConfig } from './topic-config.js'

const MAX_NAME_LENGTH = 249

/** Topics that brokers keep for themselves; clients see them as internal. */
export const INTERNAL_TOPICS: readonly string[] = ['__consumer_offsets', '__transaction_state']

/** What is wrong with the name of a topic; null when nothing is. */
export const topicNameProblem = (name: string): string | null => {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return `Topic name is invalid: '.' or '..' is not allowed`
  if (name.length > MAX_NAME_LENGTH) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${MAX_NAME_LENGTH}`
  }
  return /^[a-zA-Z0-9._-]+$/.test(name)
    ? null
    : `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
}

/** Metric names replace '.' by '_', so two topics must not differ only in that. */
export const collidesWith = (one: string, other: string): boolean =>
  one !== other && one.replaceAll('.', '_') === other.replaceAll('.', '_')

export interface Partition {
  readonly index: number
  readonly log: PartitionLog
  readonly replicas: readonly number[]
  /** Node id; -1 while there is none. */
  leader: number
  leaderEpoch: number
}

export class Topic {
  readonly id: string
  readonly config: TopicConfig
  readonly #partitions: Partition[] = []

  constructor(
    readonly name: string,
    config: ReadonlyMap<string, string>,
    readonly storage: Storage,
    id = uuidFromBytes(randomBytes(16)),
  ) {
    this.id = id
    this.config = new TopicConfig(config)
  }

  get partitions(): readonly Partition[] {
    return this.#partitions
  }

  get isInternal(): boolean {
    return INTERNAL_TOPICS.includes(this.name)
  }

  partition(index: number): Partition | undefined {
    return this.#partitions[index]
  }

  addPartition(replicas: readonly number[]): void {
    const log = this.#newLog()
    log.epochs.assign(0, 0)
    const index = this.#partitions.length
    this.#partitions.push({ index, log, replicas, leader: replicas[0] ?? -1, leaderEpoch: 0 })
  }

  /** Takes over a partition that was stored before, with its log. */
  restorePartition({ replicas, leader, leaderEpoch, startOffset }: StoredPartition): void {
    const log = this.#newLog()
    const index = this.#partitions.length
    this.storage.readLog(this.id, index, (bytes) => log.restore(bytes, startOffset))
    log.epochs.assign(leaderEpoch, log.endOffset)
    this.#partitions.push({ index, log, replicas, leader, leaderEpoch })
  }

  #newLog(): PartitionLog {
    const index = this.#partitions.length
    const rollRules = (): RollRules => ({
      bytes: this.config.number('segment.bytes'),
      ms: this.config.number('segment.ms'),
    })
    const copy = {
      append: (batch: Buffer) => {
        this.storage.append(this.id, index, batch)
      },
      rewrite: (batches: readonly Buffer[]) => {
        this.storage.rewriteLog(this.id, index, batches)
      },
    }
    return new PartitionLog(copy, rollRules)
  }
}
