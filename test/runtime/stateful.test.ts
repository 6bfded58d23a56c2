/** Tasks with stores: what they count is right whatever happens, and the store is the replay of its changelog. */
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../embedded/index.js'
import type { App, AppOptions } from '../../runtime/index.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { counting, countsChangelog } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll, silent, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 2 })
})
afterAll(async () => {
  await broker.close()
})

const guarantees = ['at_least_once', 'exactly_once'] as const

const start = async (pipeline: AppOptions['pipeline'], options: Partial<AppOptions>): Promise<App> => {
  const app = appOn(broker, pipeline, { commitInterval: 50, transactionTimeout: 5000, ...options })
  await app.start()
  return app
}

const allCommitted = (applicationId: string, topic: string, count: number): Promise<number> =>
  eventually(
    () =>
      withAdmin(broker.bootstrap, async (admin) => {
        const offsets = await admin.fetchOffsets({ groupId: applicationId, topics: [topic] })
        return offsets
          .flatMap(({ partitions }) => partitions)
          .reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
      }),
    (found) => found === count,
    20_000,
  )

/** The counts that were written, by key in order. */
const counts = async (topic: string): Promise<Record<string, number[]>> => {
  const found: Record<string, number[]> = {}
  for (const { key, value } of await readAll(broker.bootstrap, topic)) {
    const name = String(key)
    found[name] ??= []
    found[name].push(Number(String(value).slice(name.length + 1)))
  }
  return found
}

/** What is right for `numbered(count)`, whose keys are fifty in turn. */
const expected = (count: number): Record<string, number[]> =>
  Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`k${i}`, Array.from({ length: count / 50 }, (_, n) => n + 1)]),
  )

/** Last count of each key in the changelog. */
const replayed = async (applicationId: string): Promise<Record<string, number>> => {
  const rows: Record<string, number> = {}
  for (const { key, value } of await readAll(broker.bootstrap, countsChangelog(applicationId))) {
    if (value !== null) rows[String(key)] = value.readDoubleBE(1)
  }
  return rows
}

const final = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, count / 50]))

describe.each(guarantees)('state, %s', (guarantee) => {
  it('survives a restart', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    const pipeline = counting({ applicationId, inputs: [input], output })
    for (let round = 0; round < 3; round++) {
      await produceTo(broker.bootstrap, input, numbered(200, round * 200))
      const app = await start(pipeline, { guarantee })
      await allCommitted(applicationId, input, (round + 1) * 200)
      await app.close()
    }
    expect(await counts(output)).toEqual(expected(600))
    expect(await replayed(applicationId)).toEqual(final(600))
  })

  it('moves with its task', async () => {
    const { input, output, applicationId } = await topicPair(broker, 4)
    const pipeline = counting({ applicationId, inputs: [input], output })
    let sent = 0
    const produce = async (): Promise<void> => {
      await produceTo(broker.bootstrap, input, numbered(300, sent))
      sent += 300
    }
    await produce()
    const first = await start(pipeline, { guarantee })
    await produce()
    const second = await start(pipeline, { guarantee })
    await produce()
    await allCommitted(applicationId, input, sent)
    await first.close()
    await produce()
    await allCommitted(applicationId, input, sent)
    await second.close()
    expect(await counts(output)).toEqual(expected(sent))
    expect(await replayed(applicationId)).toEqual(final(sent))
  })

  it('is restored before the application says that it runs', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    const pipeline = counting({ applicationId, inputs: [input], output })
    await produceTo(broker.bootstrap, input, numbered(200))
    const first = await start(pipeline, { guarantee })
    await allCommitted(applicationId, input, 200)
    await first.close()
    const { logger, restored } = restoreLog()
    let restoring = 0
    const info = (_: unknown, message: string): void => {
      if (message === 'restoring stores') restoring++
      if (message === 'running') expect(restored).toHaveLength(2)
    }
    const second = await start(pipeline, { guarantee, logger: { ...logger, info } })
    expect(restoring).toBe(1)
    expect(restored.map(({ store }) => store)).toEqual(['counts', 'counts'])
    await second.close()
  })

  it('forgets what a failed record wrote', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, [...numbered(100), { key: 'k0', value: 'poison' }, ...numbered(100, 100)])
    const pipeline = counting({ applicationId, inputs: [input], output, onError: { kind: 'skip' } }, (value) => {
      if (value === 'poison') throw new Error('poison')
    })
    const app = await start(pipeline, { guarantee })
    await allCommitted(applicationId, input, 201)
    await app.close()
    expect(await counts(output)).toEqual(expected(200))
  })
})

interface Restored {
  readonly store: string
  readonly records: number
}

/** A log that keeps what restores say. */
const restoreLog = (): {
  readonly logger: typeof silent
  readonly restored: Restored[]
  readonly warnings: string[]
} => {
  const restored: Restored[] = []
  const warnings: string[] = []
  const debug = (fields: { stores?: readonly Restored[] }, message: string): void => {
    if (message === 'stores are restored') restored.push(...(fields.stores ?? []))
  }
  const warn = (_: unknown, message: string): void => {
    warnings.push(message)
  }
  return { logger: { ...silent, debug, warn } as typeof silent, restored, warnings }
}

describe.each(guarantees)('snapshots, %s', (guarantee) => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'millrace-state-'))
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })

  const run = async (
    count: number,
    from: number,
    topics: { input: string; output: string; applicationId: string },
    options: Partial<AppOptions> = {},
    whileRunning: () => Promise<void> = () => Promise.resolve(),
  ): Promise<ReturnType<typeof restoreLog>> => {
    const { input, output, applicationId } = topics
    await produceTo(broker.bootstrap, input, numbered(count, from))
    const log = restoreLog()
    const { logger } = log
    const pipeline = counting({ applicationId, inputs: [input], output })
    const app = await start(pipeline, { guarantee, state: { directory }, logger, ...options })
    await allCommitted(applicationId, input, from + count)
    await whileRunning()
    await app.close()
    return log
  }

  it('are taken when the process ends: nothing is read again', async () => {
    const topics = await topicPair(broker, 2)
    await run(400, 0, topics)
    const { restored } = await run(100, 400, topics)
    expect(restored.map(({ records }) => records)).toEqual([0, 0])
    expect(await counts(topics.output)).toEqual(expected(500))
    const replays = await run(100, 500, topics, { state: { directory: false } })
    expect(replays.restored.every(({ records }) => records > 0)).toBe(true)
    expect(await counts(topics.output)).toEqual(expected(600))
  })

  it('are taken while it runs: an unclean stop costs the tail', async () => {
    const topics = await topicPair(broker, 1)
    const state = { directory, snapshotInterval: 20 }
    const aside = `${directory}-aside`
    const file = path.join(directory, topics.applicationId, '0', '0_0', 'counts.snapshot')
    let sent = 400
    const snapshotAside = async (): Promise<void> => {
      // Commits, and so snapshots, come with records.
      while (!existsSync(file)) {
        await produceTo(broker.bootstrap, topics.input, numbered(50, sent))
        sent += 50
        await allCommitted(topics.applicationId, topics.input, sent)
      }
      cpSync(directory, aside, { recursive: true })
      await produceTo(broker.bootstrap, topics.input, numbered(50, sent))
      sent += 50
      await allCommitted(topics.applicationId, topics.input, sent)
    }
    await run(400, 0, topics, { state }, snapshotAside)
    rmSync(directory, { recursive: true })
    renameSync(aside, directory)
    const { restored } = await run(50, sent, topics, { state: { directory } })
    expect(restored[0]!.records).toBeGreaterThan(0)
    expect(restored[0]!.records).toBeLessThan(400)
    expect(await counts(topics.output)).toEqual(expected(sent + 50))
    expect(await replayed(topics.applicationId)).toEqual(final(sent + 50))
  })

  it('that are torn are rebuilt from the changelog', async () => {
    const topics = await topicPair(broker, 1)
    await run(400, 0, topics)
    const file = path.join(directory, topics.applicationId, '0', '0_0', 'counts.snapshot')
    truncateSync(file, 300)
    const { restored, warnings } = await run(100, 400, topics)
    expect(restored[0]!.records).toBeGreaterThan(0)
    expect(warnings).toContainEqual(expect.stringMatching(/a snapshot is not used.*torn/))
    expect(await counts(topics.output)).toEqual(expected(500))
    expect((await run(50, 500, topics)).restored[0]!.records).toBe(0)
  })

  it('of another topic of the same name are not used', async () => {
    const topics = await topicPair(broker, 1)
    await run(400, 0, topics)
    const other = await startBroker()
    try {
      await other.createTopic(topics.input, { partitions: 1 })
      await other.createTopic(topics.output, { partitions: 1 })
      const log = restoreLog()
      const { input, output, applicationId } = topics
      const options = { guarantee, state: { directory }, logger: log.logger }
      const app = appOn(other, counting({ applicationId, inputs: [input], output }), options)
      await app.start()
      await eventually(
        () => log.restored.length,
        (length) => length > 0,
      )
      expect(log.warnings).toContainEqual(expect.stringMatching(/another topic of the same name/))
      await app.close()
    } finally {
      await other.close()
    }
  })
})

const error = (code: number): FaultRule['effect'] => ({ kind: 'error', errorCode: code })

describe('state, exactly_once', () => {
  it.each<[string, FaultRule[]]>([
    ['offsets: abortable', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
    ['offsets: generation is over', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.ILLEGAL_GENERATION) }]],
    ['produce: abortable', [{ api: 'Produce', times: 2, effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
    ['end: abortable', [{ api: 'EndTxn', effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
    ['end: answer lost', [{ api: 'EndTxn', times: 2, effect: { kind: 'drop', when: 'after' } }]],
  ])('is taken back with its transaction: %s', async (_, rules) => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    await produceTo(broker.bootstrap, input, numbered(400))
    for (const rule of rules) await broker.faults.add(rule)
    const app = await start(counting({ applicationId, inputs: [input], output }), { guarantee: 'exactly_once' })
    await allCommitted(applicationId, input, 400)
    await produceTo(broker.bootstrap, input, numbered(100, 400))
    await allCommitted(applicationId, input, 500)
    await app.close()
    await broker.faults.clear()
    expect(await counts(output)).toEqual(expected(500))
    expect(await replayed(applicationId)).toEqual(final(500))
  })
})
