/**
 * Retention and compaction of all logs, in the intervals of Kafka's defaults on the broker's clock: a test with a manual
 * clock decides when they happen.
 */
import type { BatchHeader } from '../../runtime/kafka/record-batch/index.js'
import type { Clock, Timer } from './clock.js'
import { compact } from './log/compaction.js'
import type { PartitionLog } from './log/partition-log.js'
import { retainedFrom, type RetentionRules } from './log/retention.js'
import type { Partition, Topic } from './topic.js'
import type { TopicConfig } from './topic-config.js'

/** `log.cleaner.backoff.ms` */
const CLEANER_INTERVAL_MS = 15_000
/** `log.retention.check.interval.ms` */
const RETENTION_INTERVAL_MS = 300_000

export interface LogCleanerSettings {
  readonly clock: Clock
  topics(): readonly Topic[]
  deleteRecordsBelow(topic: Topic, partition: Partition, offset: number): void
}

export class LogCleaner {
  readonly #settings: LogCleanerSettings
  #timer: Timer | undefined
  #retentionAt = 0

  constructor(settings: LogCleanerSettings) {
    this.#settings = settings
  }

  /** To be called when topics or their configs have changed: without any to clean there is no timer. */
  watch(): void {
    if (this.#timer !== undefined || !this.#settings.topics().some(({ config }) => isCleaned(config))) return
    const { clock } = this.#settings
    if (this.#retentionAt <= clock.now()) this.#retentionAt = clock.now() + RETENTION_INTERVAL_MS
    this.#timer = clock.schedule(CLEANER_INTERVAL_MS, () => {
      this.#timer = undefined
      this.#run()
      this.watch()
    })
  }

  close(): void {
    this.#timer?.cancel()
  }

  #run(): void {
    const now = this.#settings.clock.now()
    const isRetentionDue = now >= this.#retentionAt
    for (const topic of this.#settings.topics()) {
      for (const partition of topic.partitions) {
        if (isRetentionDue) this.#retain(topic, partition, now)
        if (isCompacted(topic.config)) compactLog(partition.log, topic.config, now)
      }
    }
  }

  #retain(topic: Topic, partition: Partition, now: number): void {
    const rules = retentionOf(topic.config)
    if (rules === undefined) return
    const start = retainedFrom(partition.log.rolledSegments(), rules, now)
    if (start === undefined || start <= partition.log.startOffset) return
    this.#settings.deleteRecordsBelow(topic, partition, start)
    partition.log.rewriteCopy()
  }
}

const retentionOf = (config: TopicConfig): RetentionRules | undefined => {
  const rules = { ms: config.number('retention.ms'), bytes: config.number('retention.bytes') }
  return config.list('cleanup.policy').includes('delete') && (rules.ms >= 0 || rules.bytes >= 0) ? rules : undefined
}

const isCleaned = (config: TopicConfig): boolean => isCompacted(config) || retentionOf(config) !== undefined

const isCompacted = (config: TopicConfig): boolean => config.list('cleanup.policy').includes('compact')

const compactLog = (log: PartitionLog, config: TopicConfig, now: number): void => {
  const end = cleanableEnd(log, config, now)
  if (end === undefined) return
  const deleteRetentionMs = config.number('delete.retention.ms')
  const isLastOfProducer = ({ producerId, producerEpoch, lastOffset, isControl }: BatchHeader): boolean => {
    const last = log.producers.lastOffset(producerId)
    return last === undefined ? isControl && log.producers.epoch(producerId) === producerEpoch : last === lastOffset
  }
  log.compact(end, (batches) => {
    const aborted = log.abortedBetween(0, end)
    return compact(batches, { now, deleteRetentionMs, aborted, isLastOfProducer })
  })
}

/** The end of the segments to compact, when enough of them is new since the last time. */
const cleanableEnd = (log: PartitionLog, config: TopicConfig, now: number): number | undefined => {
  const [minLag, maxLag] = [config.number('min.compaction.lag.ms'), config.number('max.compaction.lag.ms')]
  let [clean, dirty] = [0, 0]
  let end: number | undefined
  let isLate = false
  for (const { nextOffset, size, maxTimestamp } of log.rolledSegments().slice(0, -1)) {
    if (nextOffset > log.lastStableOffset || (minLag > 0 && maxTimestamp > now - minLag)) break
    if (nextOffset <= log.compactedUpTo) clean += size
    else {
      dirty += size
      end = nextOffset
      if (maxTimestamp < now - maxLag) isLate = true
    }
  }
  if (end === undefined) return undefined
  return isLate || dirty / (clean + dirty) > config.number('min.cleanable.dirty.ratio') ? end : undefined
}
