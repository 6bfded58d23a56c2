import { Stop, type GeneratedPipeline, type TaskOutputs, type TopicOutput } from '../../runtime/abi/index.js'
import { BatchCursor, BatchWriter, partitionForKey } from '../../runtime/kafka/record-batch/index.js'
import { StoreSet } from '../../runtime/state/store-set.js'
import { schemaIds, type Contender } from './contender.js'

/**
 * The compiled pipeline, driven through the port that the runtime drives it through: checksums verified, records in
 * place, outputs sealed with theirs.
 */
export function compiled(pipeline: GeneratedPipeline): Contender {
  const { manifest } = pipeline
  const output = new OnePartition()
  const outputs: TaskOutputs = {
    full: false,
    sink: () => output,
    topic: () => output,
    rollback: (serial) => {
      output.writer.rollback(serial)
    },
  }
  const orderSlots = new Set(manifest.subTopologies.flatMap(({ inputs }) => inputs.flatMap(slotsOf)))
  const [orderSlot = -1] = orderSlots
  const task = pipeline.createTask(manifest.subTopologies[0]?.id ?? 0, {
    partition: 0,
    outputs,
    schemas: {
      slotOf: (id) => (id === schemaIds.order ? orderSlot : -1),
      idOf: () => schemaIds.webOrder,
      transcode: (id) => {
        throw new Error(`schema ${id} was not expected`)
      },
    },
    stores: new StoreSet([]),
    globals: new StoreSet([]),
    log: { print: () => undefined },
    now: () => 0,
    isIdle: () => true,
    deadline: Infinity,
  })
  return {
    name: 'compiled',
    process: (recordSet) => {
      const sealed: Buffer[] = []
      for (const batch of new BatchCursor(recordSet)) {
        const { buffer, view, start, end, baseOffset, baseTimestamp, appendTimestamp } = batch.records()
        const section = { baseOffset, baseTimestamp, appendTimestamp, fromOffset: baseOffset }
        for (let position = start; ; position = task.position) {
          const stop = task.process(0, buffer, view, position, end, section, Infinity)
          if (stop === Stop.End) break
          if (stop !== Stop.OutputFull && stop !== Stop.TimeSlice) {
            throw new Error(`the task stopped for reason ${stop}: ${String(task.error)}`)
          }
          outputs.full = false
          sealed.push(...output.seal())
        }
      }
      outputs.full = false
      sealed.push(...output.seal())
      return sealed
    },
  }
}

function slotsOf({ value }: GeneratedPipeline['manifest']['sinks'][number]): readonly number[] {
  return value.kind === 'avro' ? value.slots : []
}

class OnePartition implements TopicOutput {
  readonly topic = 'web-orders'
  readonly partitions = 1
  readonly writer = new BatchWriter()
  readonly writers = [this.writer]

  partitionOf(key: Uint8Array, start: number, end: number): number {
    return partitionForKey(key, start, end, 1)
  }

  stickyPartition(): number {
    return 0
  }

  seal(): readonly Buffer[] {
    const state = { producerId: 1n, producerEpoch: 0, baseSequence: 0, isTransactional: false } as const
    return this.writer.seal({ ...state, compression: 'none' }).map((batch) => {
      // As after the acknowledgement: its buffer is written again.
      this.writer.release(batch)
      return batch.buffer
    })
  }
}
