/**
 * Topic configs: names, types and defaults of Kafka 4, kept as the strings that clients exchange. The broker obeys
 * those that `PartitionSettings` names; the others are stored and answered.
 */
export type ConfigType = 'boolean' | 'string' | 'int' | 'long' | 'double' | 'list'

export interface ConfigDefinition {
  readonly type: ConfigType
  readonly default: string
  /** Allowed values; of each element for lists. */
  readonly oneOf?: readonly string[]
  readonly min?: number
}

const MAX_LONG = '9223372036854775807'

export const TOPIC_CONFIGS: ReadonlyMap<string, ConfigDefinition> = new Map<string, ConfigDefinition>([
  ['cleanup.policy', { type: 'list', default: 'delete', oneOf: ['compact', 'delete'] }],
  ['compression.gzip.level', { type: 'int', default: '-1' }],
  ['compression.lz4.level', { type: 'int', default: '9' }],
  [
    'compression.type',
    { type: 'string', default: 'producer', oneOf: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'] },
  ],
  ['compression.zstd.level', { type: 'int', default: '3' }],
  ['delete.retention.ms', { type: 'long', default: '86400000', min: 0 }],
  ['file.delete.delay.ms', { type: 'long', default: '60000', min: 0 }],
  ['flush.messages', { type: 'long', default: MAX_LONG, min: 1 }],
  ['flush.ms', { type: 'long', default: MAX_LONG, min: 0 }],
  ['follower.replication.throttled.replicas', { type: 'list', default: '' }],
  ['index.interval.bytes', { type: 'int', default: '4096', min: 0 }],
  ['leader.replication.throttled.replicas', { type: 'list', default: '' }],
  ['local.retention.bytes', { type: 'long', default: '-2', min: -2 }],
  ['local.retention.ms', { type: 'long', default: '-2', min: -2 }],
  ['max.compaction.lag.ms', { type: 'long', default: MAX_LONG, min: 1 }],
  ['max.message.bytes', { type: 'int', default: '1048588', min: 0 }],
  ['message.timestamp.after.max.ms', { type: 'long', default: '3600000', min: 0 }],
  ['message.timestamp.before.max.ms', { type: 'long', default: MAX_LONG, min: 0 }],
  ['message.timestamp.type', { type: 'string', default: 'CreateTime', oneOf: ['CreateTime', 'LogAppendTime'] }],
  ['min.cleanable.dirty.ratio', { type: 'double', default: '0.5', min: 0 }],
  ['min.compaction.lag.ms', { type: 'long', default: '0', min: 0 }],
  ['min.insync.replicas', { type: 'int', default: '1', min: 1 }],
  ['preallocate', { type: 'boolean', default: 'false' }],
  ['remote.log.copy.disable', { type: 'boolean', default: 'false' }],
  ['remote.log.delete.on.disable', { type: 'boolean', default: 'false' }],
  ['remote.storage.enable', { type: 'boolean', default: 'false' }],
  ['retention.bytes', { type: 'long', default: '-1' }],
  // As a broker with log.retention.ms=-1: records of historic times are not lost unless a topic says so.
  ['retention.ms', { type: 'long', default: '-1', min: -1 }],
  ['segment.bytes', { type: 'int', default: '1073741824', min: 14 }],
  ['segment.index.bytes', { type: 'int', default: '10485760', min: 4 }],
  ['segment.jitter.ms', { type: 'long', default: '0', min: 0 }],
  ['segment.ms', { type: 'long', default: '604800000', min: 1 }],
  ['unclean.leader.election.enable', { type: 'boolean', default: 'false' }],
])

/** What is wrong with a value; null when nothing is. */
export const configProblem = (name: string, value: string): string | null => {
  const definition = TOPIC_CONFIGS.get(name)
  if (definition === undefined) return `Unknown topic config name: ${name}`
  const invalid = (reason: string): string => `Invalid value ${value} for configuration ${name}: ${reason}`
  switch (definition.type) {
    case 'boolean':
      return value === 'true' || value === 'false' ? null : invalid('Expected value to be either true or false')
    case 'int':
    case 'long':
      if (!/^-?\d+$/.test(value.trim())) return invalid('Not a number of type ' + definition.type.toUpperCase())
      return numberProblem(Number(value), definition, invalid)
    case 'double':
      if (value.trim() === '' || Number.isNaN(Number(value))) return invalid('Not a number of type DOUBLE')
      return numberProblem(Number(value), definition, invalid)
    case 'string':
    case 'list': {
      const { oneOf, type } = definition
      const parts = type === 'list' ? splitList(value) : [value]
      const wrong = oneOf === undefined ? undefined : parts.find((part) => !oneOf.includes(part))
      return wrong === undefined ? null : invalid(`String must be one of: ${(oneOf ?? []).join(', ')}`)
    }
  }
}

const numberProblem = (
  value: number,
  definition: ConfigDefinition,
  invalid: (reason: string) => string,
): string | null =>
  definition.min !== undefined && value < definition.min ? invalid(`Value must be at least ${definition.min}`) : null

const splitList = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** The configs of one topic: only what was set differs from the defaults. */
export class TopicConfig {
  #set: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.#set = values
  }

  get overrides(): ReadonlyMap<string, string> {
    return this.#set
  }

  replace(values: ReadonlyMap<string, string>): void {
    this.#set = values
  }

  text(name: string): string {
    return this.#set.get(name) ?? TOPIC_CONFIGS.get(name)?.default ?? ''
  }

  /** Exact up to 2^53; the largest long stands for "never". */
  number(name: string): number {
    return Number(this.text(name))
  }

  list(name: string): readonly string[] {
    return splitList(this.text(name))
  }
}
