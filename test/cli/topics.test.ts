/** `millrace topics`: what is missing is created, or printed for those who may. */
import { withApplicationId } from '../../runtime/executor/with-application-id.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { creationCommand } from '../../cli/topics/creation-command.js'
import { neededExternal, neededInternal } from '../../cli/topics/needed-topics.js'
import type { Manifest } from '../../runtime/abi/index.js'
import { withAdmin } from '../runtime/support/topics.js'
import { projectWithSchemas, type Project } from './support/project.js'
import { embeddedServices } from './support/services.js'

const services = embeddedServices()
let project: Project
beforeAll(async () => {
  project = await projectWithSchemas(services)
})
afterAll(() => project[Symbol.asyncDispose]())

const topicNames = () => withAdmin(services.brokers, (admin) => admin.listTopics())

describe('millrace topics', () => {
  it('wants compiled pipelines', async () => {
    const { code, stderr } = await project.run(['topics'])
    expect(code).toBe(2)
    expect(stderr).toContain('error: no compiled pipelines in')
    const built = await project.run(['build'])
    expect(built.code).toBe(0)
  })

  it('prints commands and creates nothing', async () => {
    const { code, stdout } = await project.run(['topics', '--print', '--partitions', '3', '--replication', '1'])
    expect(code).toBe(0)
    const start = `kafka-topics.sh --create --if-not-exists --bootstrap-server ${services.brokers} --topic`
    expect(stdout.split('\n')).toContain(`${start} orders --partitions 3 --replication-factor 1`)
    expect(stdout.split('\n')).toContain(`${start} large-orders --partitions 3 --replication-factor 1`)
    expect(await topicNames()).toEqual([])
  })

  it('creates what is missing, once', async () => {
    const first = await project.json(['topics', 'large-orders', '--partitions', '3'])
    expect(first.code).toBe(0)
    expect(first.data).toMatchObject({ created: ['orders', 'large-orders'], commands: [] })
    const metadata = await withAdmin(services.brokers, (admin) =>
      admin.fetchTopicMetadata({ topics: ['orders', 'large-orders'] }),
    )
    expect(metadata.topics.map(({ partitions }) => partitions.length)).toEqual([3, 3])
    const again = await project.run(['topics'])
    expect(again).toMatchObject({ code: 0, stdout: '' })
    expect(again.stderr).toMatch(/^\d topics needed, none is missing\n$/)
  })

  it('refuses numbers that are none', async () => {
    const { code, stderr } = await project.run(['topics', '--partitions', '0'])
    expect(code).toBe(2)
    expect(stderr).toContain('error: --partitions 0 is no number above 0')
  })
})

const json = { kind: 'json' } as const
const manifest: Manifest = {
  abi: 0,
  compiler: '',
  pipeline: 'p',
  applicationId: 'app',
  sourceHash: '',
  topologyHash: '',
  onError: { kind: 'dead-letter', topic: 'dead' },
  operators: [],
  subTopologies: [
    { id: 0, inputs: [{ topic: 'in', key: json, value: json }], outputs: [0], awaited: [] },
    { id: 1, inputs: [{ topic: 'app-by-repartition', key: json, value: json }], outputs: [1], awaited: [] },
  ],
  sinks: [
    { topic: 'app-by-repartition', key: json, value: json },
    { topic: 'out', key: json, value: json },
  ],
  globalTables: [],
  internalTopics: [{ topic: 'app-by-repartition', partitions: undefined, config: { 'retention.ms': '-1' } }],
  stores: [],
  schemas: [],
}

describe('needed topics', () => {
  it('are inputs, outputs and dead-letter topics', () => {
    const found = new Map([['in', 4]])
    expect(neededExternal([manifest], found, 2)).toEqual([
      { topic: 'in', kind: 'input', partitions: 2, config: {}, found: 4 },
      { topic: 'out', kind: 'output', partitions: 2, config: {}, found: undefined },
      { topic: 'dead', kind: 'output', partitions: 2, config: {}, found: undefined },
    ])
  })

  it('and internal ones, as wide as what is written to them', () => {
    const internal = { topic: 'app-by-repartition', kind: 'internal', config: { 'retention.ms': '-1' } }
    expect(neededInternal([manifest], new Map([['in', 4]]), 2)).toMatchObject([{ ...internal, partitions: 4 }])
    expect(neededInternal([manifest], new Map(), 2)).toMatchObject([{ ...internal, partitions: 2 }])
  })
})

describe('internal topics of another application id', () => {
  it('are named after it, as the application will look for them', () => {
    const createTask = () => {
      throw new Error('nothing runs here')
    }
    const { manifest: blue } = withApplicationId({ manifest, createTask }, 'blue')
    expect(neededInternal([blue], new Map([['in', 4]]), 2)).toMatchObject([
      { topic: 'blue-by-repartition', partitions: 4 },
    ])
    expect(neededExternal([blue], new Map(), 2).map(({ topic }) => topic)).toEqual(['in', 'out', 'dead'])
  })
})

describe('a creation command', () => {
  it('leaves to the brokers what is not said, and quotes for a shell', () => {
    const topic = { topic: 'a', partitions: undefined, config: { 'x.y': "it's" } }
    expect(creationCommand(topic, ['h:1', 'i:2'], undefined)).toBe(
      `kafka-topics.sh --create --if-not-exists --bootstrap-server h:1,i:2 --topic a --config 'x.y=it'\\''s'`,
    )
  })
})
