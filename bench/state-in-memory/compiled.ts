import { Stop, type GeneratedPipeline, type GeneratedTask, type TaskOutputs } from '../../runtime/abi/index.js'
import { BatchCursor, BatchWriter, partitionForKey, type SealedBatch } from '../../runtime/kafka/record-batch/index.js'
import { writeChanges } from '../../runtime/state/changelog.js'
import { StoreSet } from '../../runtime/state/store-set.js'
import type { Contender, Written } from './contender.js'
import { ids, partitions } from './workload.js'

/** The compiled pipeline, all of its sub-topologies, driven through the port that the runtime drives it through. */
export function compiled(pipeline: GeneratedPipeline): Contender {
  const { manifest } = pipeline
  const topics = new Map<string, Topic>()
  const topicOf = (name: string): Topic => {
    const topic = topics.get(name) ?? new Topic(name)
    topics.set(name, topic)
    return topic
  }
  const tasks = manifest.subTopologies.flatMap(({ id, inputs }) => {
    const isInternal = inputs.some(({ topic }) => manifest.internalTopics.some((internal) => internal.topic === topic))
    return Array.from({ length: isInternal ? partitions : 1 }, (_, partition) => {
      return new Task(pipeline, id, partition, topicOf)
    })
  })
  /** Feeds a topic's record set to the tasks that read it, and what those write to internal topics to the next ones. */
  const feed = (topic: string, partition: number, recordSet: Buffer, later: number, further: number): void => {
    for (const task of tasks) {
      if (task.partition === partition) task.feed(topic, recordSet, later, further)
    }
  }
  const pump = (): void => {
    for (const { topic } of manifest.internalTopics) {
      for (const [partition, sealer] of topicOf(topic).sealers.entries()) {
        for (const batch of sealer.seal()) feed(topic, partition, batch, 0, 0)
        sealer.releaseAll()
      }
    }
  }
  const commit = (): Written => {
    pump()
    const changelogs = tasks.flatMap((task) => task.commit())
    const internal = new Set(manifest.internalTopics.map(({ topic }) => topic))
    const sealers = [...topics.values()].flatMap(({ topic, sealers }) => (internal.has(topic) ? [] : sealers))
    for (const sealer of sealers) sealer.releaseAll()
    return { outputs: sealers.flatMap((sealer) => sealer.seal()), changelogs }
  }
  return {
    name: 'compiled',
    load: (recordSet) => {
      feed('customers', 0, recordSet, 0, 0)
      commit()
    },
    step: ({ recordSet, later, further }) => {
      feed('orders', 0, recordSet, later, further)
      return commit()
    },
  }
}

class Task {
  readonly partition: number
  readonly #task: GeneratedTask
  readonly #inputs: readonly string[]
  readonly #stores: StoreSet
  readonly #outputs: TaskOutputs
  readonly #changelog = new Sealer()
  #serial = 0

  constructor(pipeline: GeneratedPipeline, subTopology: number, partition: number, topicOf: (name: string) => Topic) {
    const { manifest } = pipeline
    this.partition = partition
    this.#inputs = manifest.subTopologies[subTopology]?.inputs.map(({ topic }) => topic) ?? []
    this.#stores = StoreSet.of(manifest.stores, subTopology)
    this.#outputs = {
      full: false,
      sink: (sink) => topicOf(manifest.sinks[sink]?.topic ?? ''),
      topic: topicOf,
      rollback: (serial) => {
        throw new Error(`record ${serial} failed`)
      },
    }
    const subjects = new Map<number, string>([
      [ids.order, 'orders-value'],
      [ids.customer, 'customers-value'],
    ])
    this.#task = pipeline.createTask(subTopology, {
      partition,
      outputs: this.#outputs,
      schemas: {
        slotOf: (id) => manifest.schemas.find(({ subject }) => subject === subjects.get(id))?.slot ?? -1,
        idOf: () => ids.output,
        transcode: (id) => {
          throw new Error(`schema ${id} was not expected`)
        },
      },
      stores: this.#stores,
      globals: new StoreSet([]),
      log: { print: () => undefined },
      now: () => 0,
      isIdle: () => true,
      deadline: Infinity,
    })
  }

  feed(topic: string, recordSet: Buffer, later: number, further: number): void {
    const input = this.#inputs.indexOf(topic)
    if (input < 0) return
    const task = this.#task
    for (const batch of new BatchCursor(recordSet)) {
      const { buffer, view, start, end, baseOffset, baseTimestamp } = batch.records()
      const offset = baseOffset + further
      const section = {
        ...{ baseOffset: offset, baseTimestamp: baseTimestamp + later, appendTimestamp: -1, fromOffset: offset },
      }
      for (let position = start; ; position = task.position) {
        const stop = task.process(input, buffer, view, position, end, section, Infinity)
        this.#outputs.full = false
        if (stop === Stop.End) break
        if (stop !== Stop.OutputFull && stop !== Stop.TimeSlice) {
          throw new Error(`the task stopped for reason ${stop}: ${String(task.error)}`)
        }
      }
    }
  }

  commit(): Buffer[] {
    this.#changelog.releaseAll()
    const batches = this.#stores.all.flatMap(({ table, forms, description }) => {
      if (description.changelog === undefined) return []
      writeChanges(table, this.#changelog.writer, this.#serial++, forms.current)
      return this.#changelog.seal()
    })
    this.#stores.commit()
    return batches
  }
}

class Topic {
  readonly topic: string
  readonly partitions = partitions
  readonly sealers = Array.from({ length: partitions }, () => new Sealer())
  readonly writers = this.sealers.map(({ writer }) => writer)

  constructor(topic: string) {
    this.topic = topic
  }

  partitionOf(key: Uint8Array, start: number, end: number): number {
    return partitionForKey(key, start, end, partitions)
  }

  stickyPartition(): number {
    return 0
  }
}

/** Buffers are written again once their batches are acknowledged: here, when the next ones are sealed. */
class Sealer {
  readonly writer = new BatchWriter()
  #held: SealedBatch[] = []

  releaseAll(): void {
    for (const batch of this.#held) this.writer.release(batch)
    this.#held = []
  }

  seal(): Buffer[] {
    const state = { producerId: 1n, producerEpoch: 0, baseSequence: 0, isTransactional: true } as const
    const sealed = this.writer.seal({ ...state, compression: 'none' })
    this.#held.push(...sealed)
    return sealed.map(({ buffer }) => buffer)
  }
}
