/** What becomes of an application whose worker fails, by policy. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { UncaughtErrors } from '../../runtime/uncaught-errors.js'
import { killAll, run } from './support/app-process.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  killAll()
  await broker.close()
})

const valuesOf = async (topic: string): Promise<string[]> =>
  (await readAll(broker.bootstrap, topic)).map(({ value }) => String(value))

const expected = numbered(100).map(({ value }) => value)

describe('a worker that fails', () => {
  it.each(['exactly_once', 'at_least_once'] as const)(
    'is replaced, and the new one begins at the failing record: %s',
    async (guarantee) => {
      const { input, output, applicationId } = await topicPair(broker, 3)
      let failures = 0
      const pipeline = handWritten({
        applicationId,
        inputs: [input],
        output,
        map: (value) => {
          if (String(value) === 'v50' && failures++ < 2) throw new Error('not yet')
          return value ?? undefined
        },
      })
      const app = appOn(broker, pipeline, { guarantee, commitInterval: 50, onUncaughtError: 'replace_worker' })
      const states: string[] = []
      app.onStateChange((state) => states.push(state))
      await app.start()
      await produceTo(broker.bootstrap, input, numbered(100))
      const found = await eventually(
        () => valuesOf(output),
        (values) => values.length >= 100,
      )
      await app.close()
      expect(failures).toBe(3)
      expect(found.toSorted()).toEqual(expected.toSorted())
      expect(states.slice(-2)).toEqual(['PENDING_SHUTDOWN', 'NOT_RUNNING'])
      expect(states).toContain('REBALANCING')
    },
  )

  it('stops the process when a function of the error says so', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, numbered(1))
    const failing = () => {
      throw new Error('poison')
    }
    const told: string[] = []
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: failing }), {
      onUncaughtError: (error) => {
        told.push(error.message)
        return 'stop_client'
      },
    })
    await Promise.allSettled([app.start()])
    await expect(app.finished()).rejects.toThrow(/poison/)
    expect(told).toEqual([expect.stringMatching(/poison/)])
  })

  it('stops all processes of the application', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    const map = (value: Buffer | null) => {
      if (String(value) === 'poison') throw new Error('poison')
      return value ?? undefined
    }
    const apps = [0, 1].map(() =>
      appOn(broker, handWritten({ applicationId, inputs: [input], output, map }), {
        onUncaughtError: 'stop_application',
      }),
    )
    for (const app of apps) await app.start()
    await produceTo(broker.bootstrap, input, [{ key: 'k', value: 'poison' }])
    const ends = await Promise.allSettled(apps.map((app) => app.finished()))
    const messages = ends.map((end) => (end.status === 'rejected' ? (end.reason as Error).message : 'no error'))
    expect(messages.toSorted()).toEqual([
      expect.stringMatching(/^another process has stopped the application: .*poison/),
      expect.stringMatching(/^record at offset 0 of .*poison/),
    ])
  })

  it('is replaced when its thread crashes, while the process goes on', async () => {
    const { input, output, applicationId } = await topicPair(broker, 3)
    const process = run({
      MILLRACE_BROKERS: broker.bootstrap,
      IN: input,
      OUT: output,
      MILLRACE_APPLICATION_ID: applicationId,
      MILLRACE_THREADS: '2',
      MILLRACE_ON_UNCAUGHT_ERROR: 'replace_worker',
    })
    await produceTo(broker.bootstrap, input, [{ key: 'k', value: 'crash once' }, ...numbered(100)])
    const found = await eventually(
      () => valuesOf(output),
      (values) => new Set(values).size >= 101,
    )
    expect(new Set(found)).toEqual(new Set(['crash once', ...expected]))
    expect(process.output()).toMatch(/a worker is replaced: worker thread millrace-\d ended by itself with code 7/)
    process.child.kill('SIGTERM')
    expect(await process.ended).toBe(0)
  })
})

describe('the policy', () => {
  it('waits longer each time that a new worker fails soon, and begins anew after a calm minute', () => {
    let now = 0
    const errors = new UncaughtErrors('replace_worker', () => now)
    expect([1, 2, 3, 4].map(() => errors.nextPause())).toEqual([0, 100, 200, 400])
    for (let i = 0; i < 10; i++) errors.nextPause()
    expect(errors.nextPause()).toBe(10_000)
    now += 61_000
    expect(errors.nextPause()).toBe(0)
  })

  it('stops the process when its function throws, and replaces a worker that is fenced whatever it says', () => {
    const errors = new UncaughtErrors(() => {
      throw new Error('in the handler')
    })
    expect(errors.responseTo(new Error('x'))).toBe('stop_client')
    expect(errors.responseTo(Object.assign(new Error('x'), { name: 'TransactionFencedError' }))).toBe('replace_worker')
  })
})
