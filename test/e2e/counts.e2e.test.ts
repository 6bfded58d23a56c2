/**
 * State that survives: words counted by a compiled pipeline, exactly once, in a process that is killed in the middle and
 * begun again with nothing but its changelog.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, type Project } from '../cli/support/project.js'
import { openCluster, type Cluster } from './cluster.js'

const pipelines = `import { json, pipeline, string, topic } from 'millrace'
const words = topic('words', { key: string(), value: string() })
export const counts = pipeline('counts', (p) => {
  p.stream(words)
    .groupBy((word) => word)
    .count({ name: 'per-word' })
    .toStream()
    .to(topic('counts', { key: string(), value: json<number>() }))
})
`
/** Other time-outs than those of the command line, so that a killed process is missed soon. */
const program = `import { createApp } from 'millrace/runtime'
const app = createApp({
  pipeline: new URL('./generated/counts.js', import.meta.url),
  guarantee: 'exactly_once',
  sessionTimeout: 6000,
  heartbeatInterval: 200,
  commitInterval: 50,
  state: { directory: process.env.STATE_DIR },
})
process.on('SIGTERM', () => void app.close())
await app.start()
await app.finished()
`
const vocabulary = ['ear', 'mill', 'grain', 'race', 'flour']
let cluster: Cluster
let project: Project

beforeAll(async () => {
  cluster = await openCluster()
  project = await newProject(cluster)
  await project.remove('pipelines/large-orders.ts')
  await project.write('pipelines/counts.ts', pipelines)
  await project.write('program.mjs', program)
  const { code, stderr } = await project.run(['build'])
  expect(code, stderr).toBe(0)
  for (const name of ['words', 'counts']) await cluster.createTopic(name, { partitions: 3 })
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await cluster.close()
})

let said = ''
function run(state: string): ChildProcess {
  const child = spawn(process.execPath, [project.path('program.mjs')], {
    cwd: project.root,
    env: { ...process.env, MILLRACE_BROKERS: cluster.brokers, STATE_DIR: project.path(state) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)))
  return child
}

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  const closed = once(child, 'close')
  child.kill(signal)
  await closed
}

const produce = (from: number, to: number): Promise<void> =>
  cluster.produce(
    'words',
    Array.from({ length: to - from }, (_, i) => ({
      key: `k${from + i}`,
      value: vocabulary[(from + i) % vocabulary.length] ?? '',
    })),
  )

/** Of each word, the counts that were committed, in order. */
async function counted(): Promise<Readonly<Record<string, readonly number[]>>> {
  const series: Record<string, number[]> = {}
  for (const { key, value } of await cluster.read('counts')) (series[String(key)] ??= []).push(Number(String(value)))
  return series
}

/** Fails at once, with what it said, when the process ends before. */
async function until(done: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  const seen = async () => {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}:\n${said}`)
    return await done()
  }
  await expect.poll(seen, { timeout: 90_000, interval: 200 }).toBe(true)
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

it('every word is counted once, through a kill and a restart without the state directory', async () => {
  await produce(0, 500)
  const first = run('state-of-first')
  const some = async () => Object.values(await counted()).flat().length
  await until(async () => (await some()) > 100, first)
  await end(first, 'SIGKILL')
  await produce(500, 1000)
  const second = run('state-of-second')
  const expected = Object.fromEntries(vocabulary.map((word) => [word, upTo(1000 / vocabulary.length)]))
  await until(async () => (await some()) >= 1000, second)
  await end(second, 'SIGTERM')
  expect(await counted(), said).toEqual(expected)
}, 180_000)
