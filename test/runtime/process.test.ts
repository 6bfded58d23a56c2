/** Applications as processes of their own, with worker threads: signals, kills, crashes. Runs what `npm run build` made. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { killAll, run, running } from './support/app-process.js'
import { numbered, topicPair } from './support/app-under-test.js'
import { eventually, produceTo, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  killAll()
  await broker.close()
})

const environment = async (partitions = 3) => {
  const { input, output, applicationId } = await topicPair(broker, partitions)
  const env = {
    MILLRACE_BROKERS: broker.bootstrap,
    IN: input,
    OUT: output,
    MILLRACE_APPLICATION_ID: applicationId,
    MILLRACE_THREADS: '2',
  }
  const values = async (): Promise<string[]> =>
    (await readAll(broker.bootstrap, output)).map(({ value }) => String(value))
  const committed = (): Promise<number> =>
    withAdmin(broker.bootstrap, async (admin) => {
      const [offsets] = await admin.fetchOffsets({ groupId: applicationId, topics: [input] })
      return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
    })
  return { input, env, values, committed }
}

describe('a process', () => {
  it('drains on SIGTERM: what it wrote is committed', async () => {
    const { input, env, values, committed } = await environment()
    const { child, ended } = run(env)
    await produceTo(broker.bootstrap, input, numbered(5000))
    await eventually(values, (found) => found.length > 0)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect((await values()).length).toBe(await committed())
    const again = run(env)
    const all = await eventually(values, (found) => found.length >= 5000)
    await running(again)
    again.child.kill('SIGINT')
    expect(await again.ended).toBe(0)
    expect(all.length).toBe(5000)
    expect(new Set(all).size).toBe(5000)
  }, 30_000)

  it('loses nothing when it is killed again and again', async () => {
    const { input, env, values } = await environment()
    let sent = 0
    for (let round = 0; round < 4; round++) {
      const { child, ended } = run(env)
      await produceTo(broker.bootstrap, input, numbered(1000, sent))
      sent += 1000
      const before = new Set(await values()).size
      await eventually(values, (found) => new Set(found).size > before)
      child.kill('SIGKILL')
      expect(await ended).toBe('SIGKILL')
    }
    const last = run(env)
    const all = await eventually(values, (found) => new Set(found).size === sent)
    await running(last)
    last.child.kill('SIGTERM')
    expect(await last.ended).toBe(0)
    expect(new Set(all)).toEqual(new Set(numbered(sent).map(({ value }) => value)))
  }, 60_000)

  it('ends with 1 and says so when a worker thread crashes', async () => {
    const { input, env } = await environment()
    const { ended, output } = run(env)
    await produceTo(broker.bootstrap, input, [{ key: 'k', value: 'crash' }])
    expect(await ended).toBe(1)
    expect(output()).toMatch(/worker thread millrace-\d ended by itself with code 7/)
  }, 30_000)

  it('leaves the group when a thread makes no progress, so that others take over', async () => {
    const { input, env, values } = await environment(1)
    const stuck = run({ ...env, MAX_POLL: '1500' })
    await produceTo(broker.bootstrap, input, [{ key: 'k', value: 'first' }])
    await eventually(values, (found) => found.includes('first'))
    await produceTo(broker.bootstrap, input, [{ key: 'k', value: 'spin' }])
    await eventually(
      () => stuck.output(),
      (text) => text.includes('no progress within 1500 ms'),
      20_000,
    )
    stuck.child.kill('SIGKILL')
    await stuck.ended
  }, 30_000)

  it('ends with 1 for a missing topic and with 2 for wrong options', async () => {
    const { env } = await environment()
    const missing = run({ ...env, IN: 'nowhere' })
    const wrong = run({ ...env, MILLRACE_BROKERS: 'nonsense' })
    expect(await missing.ended).toBe(1)
    expect(missing.output()).toContain('topic \\"nowhere\\" does not exist')
    expect(await wrong.ended).toBe(2)
    expect(wrong.output()).toContain('kafka.brokers.0: expected host:port')
  }, 30_000)
})
