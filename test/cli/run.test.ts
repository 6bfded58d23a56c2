/** `millrace run`: a compiled pipeline as a process. What it refuses, what it does, how it ends. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, readAll, withAdmin } from '../runtime/support/topics.js'
import { projectWithSchemas, type Project } from './support/project.js'
import { embeddedServices } from './support/services.js'

const services = embeddedServices()
const refuseCompiler = ['--import', fileURLToPath(new URL('./support/refuse-compiler.mjs', import.meta.url))]
const order = (id: string, amount: number) => ({ id, customer: 'c', amount, createdAt: '2026-01-01T00:00:00Z' })
const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

let project: Project
beforeAll(async () => {
  project = await projectWithSchemas(services)
  const { code, stderr } = await project.run(['build'])
  if (code !== 0) throw new Error(stderr)
  await services.broker.createTopic('orders', { partitions: 2 })
})
afterAll(() => project[Symbol.asyncDispose]())

const env = (changes: Readonly<Record<string, string>> = {}) => ({ env: { MILLRACE_START_TIMEOUT: '500', ...changes } })

describe('what cannot be run', () => {
  it('is told with what there is', async () => {
    const misspelt = await project.run(['run', 'larg-orders'])
    expect(misspelt.code).toBe(2)
    expect(misspelt.stderr).toContain(`error: no compiled pipeline 'larg-orders' in ${project.path('generated')}`)
    expect(misspelt.stderr).toContain("help: did you mean 'large-orders'?")
    const other = await project.run(['run', 'something'])
    expect(other.stderr).toContain('help: there are: large-orders')
    const file = await project.run(['run', 'generated/no.js'])
    expect(file.code).toBe(2)
    expect(file.stderr).toContain(`error: there is no ${project.path('generated/no.js')}\nhelp: millrace build`)
  })

  it('is no module of a pipeline', async () => {
    await project.write('generated/strange.js', 'export default {}\n')
    const { code, stderr } = await project.run(['run', 'generated/strange.js', '--log', 'text'])
    expect(code).toBe(2)
    expect(stderr).toContain('is not a compiled pipeline: run `millrace build`')
    await project.remove('generated/strange.js')
  })

  it('misses a topic: exit code 1', async () => {
    const { code, stderr } = await project.run(['run', 'large-orders', '--log', 'text'], env())
    expect(code).toBe(1)
    expect(stderr).toContain('large-orders error topic "large-orders" does not exist: create it, or correct its name')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('finds no broker: exit code 1', async () => {
    const { code, stderr } = await project.run(
      ['run', 'large-orders', '--log', 'text'],
      env({ MILLRACE_BROKERS: '127.0.0.1:1' }),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/warning no broker at 127\.0\.0\.1:1: connect ECONNREFUSED.*; trying again$/m)
    expect(stderr).toMatch(/error no broker at 127\.0\.0\.1:1: connect ECONNREFUSED 127\.0\.0\.1:1$/m)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('has no brokers at all: exit code 2', async () => {
    const config = await project.read('millrace.config.ts')
    await project.write('millrace.config.ts', 'export default {}\n')
    const { code, stderr } = await project.run(['run', 'large-orders'], env({ MILLRACE_BROKERS: '' }))
    await project.write('millrace.config.ts', config)
    expect(code).toBe(2)
    expect(stderr).toContain('kafka.brokers')
    expect(stderr).toContain('MILLRACE_BROKERS')
  })
})

describe('a pipeline that runs', () => {
  const keys = async () => (await readAll(services.brokers, 'large-orders')).map(({ key }) => String(key))
  beforeAll(() => services.broker.createTopic('large-orders', { partitions: 2 }))

  it('finds no registry: exit code 1', async () => {
    const { code, stderr } = await project.run(
      ['run', 'large-orders', '--log', 'text'],
      env({ MILLRACE_REGISTRY_URL: 'http://127.0.0.1:1' }),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/error .*127\.0\.0\.1:1.*ECONNREFUSED/)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('drains on %s, and loads no compiler', async (signal) => {
    const group = `drains-${signal}`
    const [small, large] = [`small-${signal}`, `large-${signal}`]
    await using app = project.start(['run', 'large-orders', '--http-port', '0'], {
      nodeArgs: refuseCompiler,
      ...env({ MILLRACE_APPLICATION_ID: group }),
    })
    await app.says(/"msg":"running"/)
    const input = lines(order(small, 99), order(large, 100))
    expect(await project.run(['produce', 'orders', '--key', 'id'], { input })).toMatchObject({ code: 0 })
    await eventually(keys, (found) => found.includes(large))
    const { code, stdout } = await app.end(signal)
    expect(code).toBe(0)
    expect(stdout).toContain(`[large order]: ${large}, { id: '${large}', amount: 100 }\n`)
    expect(await keys()).not.toContain(small)
    const [committed, ends] = await withAdmin(services.brokers, (admin) =>
      Promise.all([admin.fetchOffsets({ groupId: group, topics: ['orders'] }), admin.fetchTopicOffsets('orders')]),
    )
    const filled = ends.filter(({ high }) => high !== '0')
    expect(committed[0]?.partitions).toEqual(
      expect.arrayContaining(
        filled.map(({ partition, high }) => expect.objectContaining({ partition, offset: high }) as unknown),
      ),
    )
  })

  it('is logged as text or JSON, serves its health, and says when its port is taken', async () => {
    await using app = project.start(['run', 'large-orders', '--http-port', '0', '--log', 'text', '--threads', '0'], {
      ...env({ MILLRACE_APPLICATION_ID: 'logged' }),
    })
    await app.says(/large-orders info running tasks=/)
    const address = /address=(\S+)/.exec(app.output)?.[1] ?? ''
    expect((await fetch(`${address}/readyz`)).status).toBe(200)
    expect(await (await fetch(`${address}/metrics`)).text()).toContain('application_id="logged"')
    const port = new URL(address).port
    const second = await project.run(['run', 'large-orders', '--http-port', port, '--log', 'text'], env())
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/error cannot serve metrics at 127\.0\.0\.1:\d+: .*EADDRINUSE.*; set http\.port/)
    expect(await app.end('SIGTERM')).toMatchObject({ code: 0 })
  })

  it('ends with 1 at a record that it cannot process, and names the author’s line', async () => {
    const source = await project.read('pipelines/large-orders.ts')
    const throwing = `.map(({ id, amount }) => {\n      if (amount === 666) throw new RangeError('too evil')\n      return { id, amount }\n    })`
    await project.write(
      'pipelines/large-orders.ts',
      source.replace('.map(({ id, amount }) => ({ id, amount }))', throwing),
    )
    expect(await project.run(['build'])).toMatchObject({ code: 0 })
    const input = lines(order('10', 200), order('10', 666), order('10', 300))
    expect(await project.run(['produce', 'orders', '--key', 'id'], { input })).toMatchObject({ code: 0 })
    const { code, stderr } = await project.run(['run', 'large-orders', '--log', 'text'], {
      nodeArgs: ['--enable-source-maps'],
      ...env({ MILLRACE_APPLICATION_ID: 'fails' }),
    })
    await project.write('pipelines/large-orders.ts', source)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /error record at offset \d+ of orders-\d failed in operator map-2 \(pipelines\/large-orders\.ts:9/,
    )
    expect(stderr).toContain('RangeError: too evil; nothing of it was written. To go on without such records')
    expect(stderr).toMatch(/^\s+at .*pipelines\/large-orders\.ts:10:/m)
    expect((await keys()).filter((key) => key === '10')).toHaveLength(1)
  })
})
