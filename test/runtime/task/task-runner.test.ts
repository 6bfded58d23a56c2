import { describe, expect, it } from 'vitest'
import type { ErrorPolicy } from '../../../dsl/model/graph.js'
import { FetchedPartition } from '../../../runtime/kafka/fetched-partition.js'
import { buildBatch, recordsOf, BatchCursor, type BatchWriter } from '../../../runtime/kafka/record-batch/index.js'
import { StoreSet } from '../../../runtime/state/store-set.js'
import { OpenOutputs } from '../../../runtime/task/outputs.js'
import { SchemaDirectory } from '../../../runtime/task/schemas.js'
import { TaskInput } from '../../../runtime/task/task-input.js'
import { TaskRunner, type TaskEnvironment } from '../../../runtime/task/task-runner.js'
import { handWritten, type HandWritten } from '../support/hand-written-pipeline.js'

interface Event {
  readonly value: string
  readonly timestamp: number
}

const batchOf = (baseOffset: number, events: readonly Event[]): Buffer =>
  buildBatch(
    events.map(({ value, timestamp }) => ({ timestamp, key: null, value: Buffer.from(value) })),
    { baseOffset },
  )

const feed = (source: FetchedPartition, records: Buffer, end: number): void => {
  source.receive(
    {
      partitionIndex: 0,
      errorCode: 0,
      highWatermark: BigInt(end),
      lastStableOffset: BigInt(end),
      logStartOffset: 0n,
      divergingEpoch: { epoch: -1, endOffset: -1n },
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
      snapshotId: { endOffset: -1n, epoch: -1 },
      abortedTransactions: null,
      preferredReadReplica: -1,
      records,
    },
    records.length,
  )
}

const setUp = (
  topics: readonly string[],
  onError: ErrorPolicy = { kind: 'fail' },
  map?: HandWritten['map'],
  awaited: readonly number[] = [],
) => {
  const written: string[] = []
  const warnings: string[] = []
  let full = false
  const pipeline = handWritten({
    applicationId: 'app',
    inputs: topics,
    awaited,
    output: 'out',
    onError,
    map: map ?? ((value) => value ?? undefined),
  })
  const environment: TaskEnvironment = {
    pipeline,
    schemas: new SchemaDirectory(pipeline.manifest, undefined),
    globals: StoreSet.ofGlobals([]),
    maxOpenBytes: 1_000_000,
    send: (topic: string, _: number, writer: BatchWriter) => {
      const options = { producerId: -1n, producerEpoch: -1, baseSequence: -1, isTransactional: false } as const
      for (const { buffer } of writer.seal({ ...options, compression: 'none' })) {
        for (const batch of new BatchCursor(buffer)) {
          for (const { value } of recordsOf(batch))
            written.push(topic === 'out' ? String(value) : `${topic}:${String(value?.length)}`)
        }
      }
    },
    isFull: () => full,
    print: () => undefined,
    lookUpTopic: () => Promise.resolve(false),
    warn: (message) => {
      warnings.push(message)
    },
    onUnparked: () => undefined,
  }
  const sources = topics.map((topic) => new FetchedPartition(topic, 0, 0, 'earliest', () => undefined))
  const inputs = sources.map((source) => new TaskInput(source, 0, { isolation: 'read_committed' }))
  const describeTopic = () => ({ partitions: 1, options: {} })
  const runner = new TaskRunner(
    { subTopology: 0, partition: 0 },
    inputs,
    new OpenOutputs(pipeline.manifest.sinks, describeTopic),
    new OpenOutputs([], describeTopic),
    environment,
    new StoreSet([]),
    new OpenOutputs([], describeTopic),
  )
  const run = (): string => {
    const progress = runner.run(Infinity)
    runner.seal()
    return progress
  }
  return {
    runner,
    sources,
    inputs,
    written,
    warnings,
    run,
    setFull: (value: boolean) => {
      full = value
    },
  }
}

describe('a task with several inputs', () => {
  it('takes them in the order of their times, ties by input', () => {
    const { sources, written, run } = setUp(['a', 'b'])
    const [a, b] = sources
    if (a === undefined || b === undefined) throw new Error('no sources')
    feed(
      a,
      batchOf(0, [
        { value: 'a1', timestamp: 1 },
        { value: 'a3', timestamp: 3 },
        { value: 'a5', timestamp: 5 },
      ]),
      3,
    )
    feed(
      b,
      batchOf(0, [
        { value: 'b1', timestamp: 1 },
        { value: 'b2', timestamp: 2 },
        { value: 'b4', timestamp: 4 },
      ]),
      3,
    )
    expect(run()).toBe('waiting')
    expect(written).toEqual(['a1', 'b1', 'b2', 'a3', 'b4', 'a5'])
  })

  it('reads tables that are waited for to their ends first, whatever the times', () => {
    const { sources, written, run } = setUp(['a', 'table'], undefined, undefined, [1])
    const [a, table] = sources
    if (a === undefined || table === undefined) throw new Error('no sources')
    feed(a, batchOf(0, [{ value: 'a1', timestamp: 1 }]), 1)
    expect(run()).toBe('waiting')
    expect(written).toEqual([])
    feed(table, batchOf(0, [{ value: 't5', timestamp: 5 }]), 2)
    expect(run()).toBe('waiting')
    expect(written).toEqual(['t5'])
    feed(table, batchOf(1, [{ value: 't9', timestamp: 9 }]), 2)
    run()
    expect(written).toEqual(['t5', 't9', 'a1'])
    feed(table, batchOf(2, [{ value: 't8', timestamp: 8 }]), 3)
    feed(a, batchOf(1, [{ value: 'a2', timestamp: 2 }]), 2)
    run()
    expect(written).toEqual(['t5', 't9', 'a1', 'a2', 't8'])
  })

  it('waits for an empty input that lags, not for one that is caught up', () => {
    const { sources, written, run } = setUp(['a', 'b'])
    const [a, b] = sources
    if (a === undefined || b === undefined) throw new Error('no sources')
    feed(a, batchOf(0, [{ value: 'a2', timestamp: 2 }]), 1)
    expect(run()).toBe('waiting')
    expect(written).toEqual([])
    feed(b, Buffer.alloc(0), 0)
    run()
    expect(written).toEqual(['a2'])
  })

  it('keeps the order of offsets within a partition, whatever the times', () => {
    const { sources, written, run } = setUp(['a', 'b'])
    const [a, b] = sources
    if (a === undefined || b === undefined) throw new Error('no sources')
    feed(
      a,
      batchOf(0, [
        { value: 'a9', timestamp: 9 },
        { value: 'a1', timestamp: 1 },
      ]),
      2,
    )
    feed(b, batchOf(0, [{ value: 'b5', timestamp: 5 }]), 1)
    run()
    expect(written).toEqual(['b5', 'a9', 'a1'])
  })
})

describe('a task', () => {
  it('does nothing while the producer is full', () => {
    const { sources, written, run, setFull, inputs } = setUp(['a'])
    setFull(true)
    feed(sources[0] as FetchedPartition, batchOf(0, [{ value: 'x', timestamp: 1 }]), 1)
    expect(run()).toBe('full')
    expect(written).toEqual([])
    setFull(false)
    run()
    expect(written).toEqual(['x'])
    expect(inputs[0]?.offset).toBe(1)
  })

  it('skips records below its offset and goes on behind batches without visible records', () => {
    const { sources, written, run, inputs } = setUp(['a'])
    const source = sources[0] as FetchedPartition
    feed(
      source,
      batchOf(0, [
        { value: 'x', timestamp: 1 },
        { value: 'y', timestamp: 1 },
      ]),
      2,
    )
    run()
    const again = new FetchedPartition('a', 0, 1, 'earliest', () => undefined)
    const input = new TaskInput(again, 1, { isolation: 'read_committed' })
    feed(
      again,
      batchOf(0, [
        { value: 'x', timestamp: 1 },
        { value: 'y', timestamp: 1 },
      ]),
      2,
    )
    expect(input.advance()).toBe(true)
    expect(input.section?.fromOffset).toBe(1)
    expect(written).toEqual(['x', 'y'])
    expect(inputs[0]?.offset).toBe(2)
  })

  it('stops before the record that its input is limited to, and reads it when the limit goes up', () => {
    const { sources, inputs, written, run } = setUp(['a'])
    const [source, input] = [sources[0] as FetchedPartition, inputs[0] as TaskInput]
    const batches = (): Buffer =>
      Buffer.concat([batchOf(0, ['a', 'b', 'c'].map(valued)), batchOf(3, ['d', 'e', 'f'].map(valued))])
    input.limitTo(4)
    feed(source, batches(), 6)
    expect(run()).toBe('waiting')
    expect(written).toEqual(['a', 'b', 'c', 'd'])
    expect(input.offset).toBe(4)
    input.limitTo(6)
    feed(source, batches(), 6)
    run()
    expect(written).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  const valued = (value: string): { value: string; timestamp: number } => ({ value, timestamp: 1 })

  const flipped = (): Buffer => {
    const batch = batchOf(1, [{ value: 'lost', timestamp: 1 }])
    batch[batch.length - 3] = (batch[batch.length - 3] ?? 0) ^ 0xff
    return batch
  }

  it('fetches a batch with a wrong checksum again and takes a good one then', () => {
    const { sources, written, warnings, run } = setUp(['a'])
    const source = sources[0] as FetchedPartition
    feed(source, Buffer.concat([batchOf(0, [{ value: 'x', timestamp: 1 }]), flipped()]), 2)
    run()
    expect(written).toEqual(['x'])
    expect(warnings[0]).toMatch(/checksum .*fetching it again/)
    expect(source.fetchOffset).toBe(1)
    feed(source, batchOf(1, [{ value: 'found', timestamp: 1 }]), 2)
    run()
    expect(written).toEqual(['x', 'found'])
  })

  it('applies the policy when the checksum stays wrong', () => {
    const { sources, written, run, runner, inputs } = setUp(['a'], { kind: 'dead-letter', topic: 'dead' })
    const source = sources[0] as FetchedPartition
    for (let tries = 0; tries < 3; tries++) {
      source.seek(inputs[0]?.offset ?? 0)
      feed(
        source,
        Buffer.concat([
          batchOf(0, [{ value: 'x', timestamp: 1 }]),
          flipped(),
          batchOf(2, [{ value: 'y', timestamp: 1 }]),
        ]),
        3,
      )
      run()
    }
    expect(written.filter((value) => value.length === 1)).toEqual(['x', 'y'])
    expect(written.filter((value) => value.startsWith('dead:'))).toHaveLength(1)
    expect(runner.metrics.corruptBatches).toBe(1)
    expect(inputs[0]?.offset).toBe(3)
  })

  it('rolls a failed record back and counts what it skips', () => {
    const { sources, written, run, runner } = setUp(['a'], { kind: 'skip' }, (value) => {
      if (String(value) === 'bad') throw new Error('no')
      return value ?? undefined
    })
    feed(
      sources[0] as FetchedPartition,
      batchOf(
        0,
        ['a', 'bad', 'b', 'bad'].map((value) => ({ value, timestamp: 1 })),
      ),
      4,
    )
    run()
    expect(written).toEqual(['a', 'b'])
    expect(runner.metrics).toMatchObject({ processed: 4, skipped: 2 })
  })
})
