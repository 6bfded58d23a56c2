/** Tasks whose stores are on disk: what they count is right whatever happens, and only the changelog's tail is read again. */
import { cpSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App, AppOptions } from '../../runtime/index.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { counting, countsChangelog } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll, silent, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker
let directory: string

beforeAll(async () => {
  broker = await startBroker({ brokers: 2 })
})
afterAll(async () => {
  await broker.close()
})
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'millrace-state-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

interface Topics {
  readonly input: string
  readonly output: string
  readonly applicationId: string
}

interface Running {
  readonly app: App
  /** Records that were read to restore each store. */
  readonly restored: number[]
  readonly warnings: string[]
}

const startIn = async (
  { input, output, applicationId }: Topics,
  options: Partial<AppOptions>,
  location: 'disk' | undefined,
): Promise<Running> => {
  const restored: number[] = []
  const warnings: string[] = []
  const logger = {
    ...silent,
    debug: ({ stores = [] }: { stores?: readonly { records: number }[] }, message: string) => {
      if (message === 'stores are restored') restored.push(...stores.map(({ records }) => records))
    },
    warn: (_: unknown, message: string) => {
      warnings.push(message)
    },
  } as typeof silent
  const pipeline = counting({ applicationId, inputs: [input], output }, undefined, location)
  const app = appOn(broker, pipeline, {
    ...{ commitInterval: 50, transactionTimeout: 5000, state: { directory }, logger },
    ...options,
  })
  await app.start()
  return { app, restored, warnings }
}

const start = (topics: Topics, options: Partial<AppOptions>): Promise<Running> => startIn(topics, options, 'disk')

const committed = ({ applicationId, input }: Topics, count: number): Promise<number> =>
  eventually(
    () =>
      withAdmin(broker.bootstrap, async (admin) => {
        const offsets = await admin.fetchOffsets({ groupId: applicationId, topics: [input] })
        return offsets
          .flatMap(({ partitions }) => partitions)
          .reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
      }),
    (found) => found === count,
    20_000,
  )

/** `numbered` gives fifty keys in turn: each is counted one by one, and the changelog ends with the last count. */
const check = async ({ output, applicationId }: Topics, count: number): Promise<void> => {
  const counts = new Map<string, number[]>()
  for (const { key, value } of await readAll(broker.bootstrap, output)) {
    const name = String(key)
    counts.set(name, [...(counts.get(name) ?? []), Number(String(value).slice(name.length + 1))])
  }
  const each = Array.from({ length: count / 50 }, (_, n) => n + 1)
  expect(counts).toEqual(new Map(Array.from({ length: 50 }, (_, i) => [`k${i}`, each])))
  const last = new Map<string, number>()
  for (const { key, value } of await readAll(broker.bootstrap, countsChangelog(applicationId))) {
    if (value !== null) last.set(String(key), value.readDoubleBE(1))
  }
  expect(last).toEqual(new Map(Array.from({ length: 50 }, (_, i) => [`k${i}`, count / 50])))
}

describe.each(['at_least_once', 'exactly_once'] as const)('a store on disk, %s', (guarantee) => {
  it('survives restarts, and reads nothing again', async () => {
    const topics = await topicPair(broker, 2)
    for (let round = 0; round < 3; round++) {
      await produceTo(broker.bootstrap, topics.input, numbered(200, round * 200))
      const { app, restored, warnings } = await start(topics, { guarantee })
      await committed(topics, (round + 1) * 200)
      await app.close()
      expect(warnings).toEqual([])
      expect(restored).toEqual([0, 0])
    }
    await check(topics, 600)
  })

  it('reads the tail when the changelog is ahead, as after an unclean stop', async () => {
    const topics = await topicPair(broker, 1)
    let sent = 0
    const run = async (count: number): Promise<Running> => {
      await produceTo(broker.bootstrap, topics.input, numbered(count, sent))
      sent += count
      const running = await start(topics, { guarantee })
      await committed(topics, sent)
      await running.app.close()
      expect(running.warnings).toEqual([])
      return running
    }
    await run(400)
    const aside = `${directory}-aside`
    cpSync(directory, aside, { recursive: true })
    await run(50)
    rmSync(directory, { recursive: true })
    renameSync(aside, directory)
    const { restored } = await run(50)
    // Each key once, and not once more of the first run.
    expect(restored).toEqual([50])
    await check(topics, 500)
  })

  it('that is torn is rebuilt from the changelog', async () => {
    const topics = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, topics.input, numbered(400))
    const first = await start(topics, { guarantee })
    await committed(topics, 400)
    await first.app.close()
    const file = path.join(directory, topics.applicationId, '0', '0_0', 'disk', 'data.mdb')
    truncateSync(file, statSync(file).size / 2)
    await produceTo(broker.bootstrap, topics.input, numbered(100, 400))
    const { app, restored, warnings } = await start(topics, { guarantee })
    await committed(topics, 500)
    await app.close()
    expect(warnings).toEqual([expect.stringMatching(/state on disk is not used.*cut off/)])
    expect(restored[0]).toBeGreaterThan(49)
    await check(topics, 500)
  })

  it('moves with its task', async () => {
    const topics = await topicPair(broker, 4)
    let sent = 0
    const produce = async (): Promise<void> => {
      await produceTo(broker.bootstrap, topics.input, numbered(300, sent))
      sent += 300
    }
    await produce()
    const first = await start(topics, { guarantee })
    await produce()
    const second = await start(topics, { guarantee })
    await produce()
    await committed(topics, sent)
    await first.app.close()
    await produce()
    await committed(topics, sent)
    await second.app.close()
    expect([...first.warnings, ...second.warnings]).toEqual([])
    await check(topics, sent)
  })

  it('may be in memory before and after', async () => {
    const topics = await topicPair(broker, 1)
    const run = async (from: number, location?: 'disk'): Promise<Running> => {
      await produceTo(broker.bootstrap, topics.input, numbered(100, from))
      const running = await startIn(topics, { guarantee }, location)
      await committed(topics, from + 100)
      await running.app.close()
      expect(running.warnings).toEqual([])
      return running
    }
    await run(0)
    expect((await run(100, 'disk')).restored[0]).toBeGreaterThan(0)
    expect((await run(200, 'disk')).restored).toEqual([0])
    expect((await run(300)).restored[0]).toBeGreaterThan(0)
    expect((await run(400)).restored).toEqual([0])
    await check(topics, 500)
  })

  it('wants a directory', async () => {
    const topics = await topicPair(broker, 1)
    await expect(start(topics, { guarantee, state: { directory: false } })).rejects.toThrow(
      'store counts is on disk, and there is no state directory',
    )
  })
})
