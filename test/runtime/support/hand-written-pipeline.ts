/**
 * A generated module written by hand, as small as the contract allows: reads one or more topics, hands key, value and
 * time of each record to a function, and writes what it returns to one topic.
 */
import {
  ABI,
  Stop,
  type GeneratedPipeline,
  type GeneratedTask,
  type Manifest,
  type ManifestStore,
  type TaskContext,
  type TaskStores,
} from '../../../runtime/abi/index.js'
import type { ErrorPolicy } from '../../../dsl/model/graph.js'
import { RecordReader } from '../../../runtime/kafka/record-batch/index.js'
import type { RecordSection } from '../../../runtime/abi/index.js'

export interface HandWritten {
  readonly applicationId: string
  readonly inputs: readonly string[]
  /** Indices of inputs that are read to their ends first. */
  readonly awaited?: readonly number[]
  readonly output: string
  readonly onError?: ErrorPolicy
  readonly topologyHash?: string
  /** Values are framed Avro of this schema, in and out; `map` gets and gives them without the frame. */
  readonly avro?: { readonly subject: string; readonly schema: string; readonly fingerprint: string }
  readonly stores?: readonly ManifestStore[]
  /** undefined: the record is dropped. */
  readonly map: (
    value: Buffer | null,
    record: {
      readonly key: Buffer | null
      readonly offset: number
      readonly timestamp: number
      readonly input: number
      readonly stores: TaskStores
    },
  ) => Buffer | undefined
}

const OPERATOR = 0
const UNKNOWN = Symbol('unknown schema')

export const handWritten = (options: HandWritten): GeneratedPipeline => {
  const { avro } = options
  const string = { kind: 'string' } as const
  const value = avro === undefined ? string : ({ kind: 'avro', subject: avro.subject, reader: 0, slots: [0] } as const)
  const onError = options.onError ?? { kind: 'fail' }
  const manifest: Manifest = {
    abi: ABI,
    compiler: 'by hand',
    pipeline: options.applicationId,
    applicationId: options.applicationId,
    sourceHash: '',
    topologyHash: options.topologyHash ?? 'hash',
    onError,
    operators: [{ id: OPERATOR, label: 'map', kind: 'map', onError, source: 'pipeline.ts:1:1' }],
    subTopologies: [
      {
        id: 0,
        inputs: options.inputs.map((topic) => ({ topic, key: string, value })),
        outputs: [0],
        awaited: options.awaited ?? [],
      },
    ],
    sinks: [{ topic: options.output, key: string, value }],
    internalTopics: [],
    stores: options.stores ?? [],
    globalTables: [],
    schemas: avro === undefined ? [] : [{ slot: 0, ...avro }],
  }
  return { manifest, createTask: (_, context) => new HandWrittenTask(options, context) }
}

class HandWrittenTask implements GeneratedTask {
  position = 0
  nextOffset = 0
  headTimestamp = 0
  unknownSchemaId = -1
  unknownSchemaInKey = false
  unknownTopic = ''
  error: unknown
  failedOperator = -1
  readonly counts = new Float64Array(1)
  #serial = 0

  constructor(
    private readonly options: HandWritten,
    private readonly context: TaskContext,
  ) {}

  process(
    input: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    section: RecordSection,
    untilTimestamp: number,
  ): Stop {
    const reader = readerOf(buffer, view, start, end, section)
    const output = this.context.outputs.sink(0)
    this.position = start
    while (this.position < end) {
      try {
        reader.next()
      } catch (error) {
        return this.#failed(error, -1)
      }
      if (reader.offset >= section.fromOffset) {
        if (reader.timestamp > untilTimestamp) {
          this.headTimestamp = reader.timestamp
          return Stop.TimeLimit
        }
        if (this.context.outputs.full) return Stop.OutputFull
        const serial = ++this.#serial
        const { stores } = this.context
        stores.mark()
        try {
          const payload = this.options.avro === undefined ? reader.value() : this.#unframed(reader.value())
          if (payload === UNKNOWN) return Stop.UnknownSchema
          const { offset, timestamp } = reader
          const value = this.options.map(payload, { key: reader.key(), offset, timestamp, input, stores })
          if (value !== undefined) this.#write(output, serial, reader, this.#framed(value))
          this.counts[OPERATOR] = (this.counts[OPERATOR] ?? 0) + 1
        } catch (error) {
          this.context.outputs.rollback(serial)
          stores.rollback()
          return this.#failed(error, OPERATOR)
        }
        this.nextOffset = reader.offset + 1
      }
      this.position = reader.position
      if ((this.#serial & 255) === 0 && performance.now() > this.context.deadline && this.position < end)
        return Stop.TimeSlice
    }
    return Stop.End
  }

  tick(): Stop {
    return Stop.End
  }

  advanceStreamTime(): boolean {
    return false
  }

  skipDue(): void {
    throw new Error('nothing is ever due')
  }

  nextWallClock(): number {
    return Infinity
  }

  peek(_input: number, buffer: Buffer, view: DataView, start: number, end: number, section: RecordSection): Stop {
    const reader = readerOf(buffer, view, start, end, section)
    this.position = start
    while (this.position < end) {
      reader.next()
      if (reader.offset >= section.fromOffset) {
        this.headTimestamp = reader.timestamp
        return Stop.End
      }
      this.position = reader.position
    }
    return Stop.End
  }

  close(): void {
    this.error = undefined
  }

  #unframed(value: Buffer | null): Buffer | typeof UNKNOWN | null {
    if (value === null) return null
    if (value[0] !== 0 || value.length < 5) throw new RangeError('not a framed message')
    const id = value.readInt32BE(1)
    const slot = this.context.schemas.slotOf(id)
    if (slot === -2) return this.context.schemas.transcode(id, 0, value, 5, value.length)
    if (slot >= 0) return value.subarray(5)
    this.unknownSchemaId = id
    return UNKNOWN
  }

  #framed(value: Buffer): Buffer {
    if (this.options.avro === undefined) return value
    const framed = Buffer.concat([Buffer.alloc(5), value])
    framed.writeInt32BE(this.context.schemas.idOf(0), 1)
    return framed
  }

  #failed(error: unknown, operator: number): Stop {
    this.error = error
    this.failedOperator = operator
    return Stop.RecordError
  }

  #write(
    output: ReturnType<TaskContext['outputs']['sink']>,
    serial: number,
    reader: RecordReader,
    value: Buffer,
  ): void {
    const key = reader.key()
    const partition = key === null ? output.stickyPartition() : output.partitionOf(key, 0, key.length)
    const writer = output.writers[partition]
    if (writer === undefined) throw new Error(`no partition ${partition}`)
    const at = writer.beginRecord(serial, reader.timestamp, key, 0, key?.length ?? 0, value.length)
    writer.buffer.set(value, at)
    writer.endRecord(at + value.length)
    if (writer.full) this.context.outputs.full = true
  }
}

const readerOf = (buffer: Buffer, view: DataView, start: number, end: number, section: RecordSection): RecordReader =>
  new RecordReader({ ...section, buffer, view, start, end, count: Infinity })
