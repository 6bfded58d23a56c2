/** `/readyz`: whether this process does its work, as a rolling restart wants to know. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App } from '../../runtime/index.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { appOn, identity, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually } from './support/topics.js'

let broker: EmbeddedBroker
const apps: App[] = []

beforeAll(async () => {
  broker = await startBroker()
})
afterEach(async () => {
  await broker.faults.clear()
  await Promise.all(apps.splice(0).map((app) => app.close()))
})
afterAll(() => broker.close())

const setUp = async (): Promise<() => App> => {
  const { input, output, applicationId } = await topicPair(broker, 4)
  return () => {
    const pipeline = handWritten({ applicationId, inputs: [input], output, map: identity })
    const app = appOn(broker, pipeline, { http: { port: 0 } })
    apps.push(app)
    return app
  }
}

const slow = (api: 'JoinGroup' | 'SyncGroup') =>
  broker.faults.add({ api, times: 2, effect: { kind: 'delay', ms: 400 } })

/** Of the first answer in that state. */
const readiness = async (app: App, state: string): Promise<number> => {
  const answer = await eventually(
    async () => {
      if (app.httpAddress === undefined) return undefined
      const response = await fetch(`${app.httpAddress}/readyz`)
      return { status: response.status, ...((await response.json()) as { state: string }) }
    },
    (each) => each?.state === state,
  )
  return answer?.status ?? 0
}

it('is not there before tasks run for the first time', async () => {
  const open = await setUp()
  await slow('JoinGroup')
  const app = open()
  const started = app.start()
  expect(await readiness(app, 'REBALANCING')).toBe(503)
  await started
  expect(await readiness(app, 'RUNNING')).toBe(200)
})

it('stays while the group rebalances, since tasks go on', async () => {
  const open = await setUp()
  const first = open()
  await first.start()
  await slow('SyncGroup')
  const second = open()
  const started = second.start()
  expect(await readiness(first, 'REBALANCING')).toBe(200)
  await started
})

it('goes with the tasks, when the coordinator has given up this process', async () => {
  const open = await setUp()
  const app = open()
  await app.start()
  await slow('JoinGroup')
  await broker.faults.add({ api: 'Heartbeat', effect: { kind: 'error', errorCode: ErrorCode.UNKNOWN_MEMBER_ID } })
  expect(await readiness(app, 'REBALANCING')).toBe(503)
  expect(await readiness(app, 'RUNNING')).toBe(200)
})
