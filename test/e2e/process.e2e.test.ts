/**
 * An operator of one's own end to end, exactly once: each key is told of when it was quiet for a while, by the wall
 * clock; the process is killed while the timers run, and another one begins with nothing but the changelogs.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, type Project } from '../cli/support/project.js'
import { openCluster, type Cluster } from './cluster.js'
import { ProgramRuns } from './program-runs.js'

const pipelines = `import { int32, pipeline, string, topic, valueStore } from 'millrace'
const words = topic('words', { key: string(), value: string() })
export const silences = pipeline('silences', (p) => {
  const { seen, quiet } = p.stream(words).process(
    {
      stores: { count: valueStore({ value: int32() }) },
      timers: { quiet: 'wall' },
      outputs: ['seen', 'quiet'],
      process(word, ctx, { stores, timers, now }) {
        const count = (stores.count.get() ?? 0) + 1
        stores.count.set(count)
        timers.quiet.set(now + 2_000)
        return [{ to: 'seen', key: ctx.key, value: word }]
      },
      onTimer: ({ key }, { stores }) => [{ to: 'quiet', key, value: String(stores.count.get()) }],
    },
    { name: 'listener' },
  )
  seen.to(topic('seen', { key: string(), value: string() }))
  quiet.to(topic('quiet', { key: string(), value: string() }))
})
`
const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
let cluster: Cluster
let project: Project
let runs: ProgramRuns

beforeAll(async () => {
  cluster = await openCluster()
  project = await newProject(cluster)
  runs = new ProgramRuns(project, cluster.brokers, 'silences')
  await project.remove('pipelines/large-orders.ts')
  await project.write('pipelines/silences.ts', pipelines)
  await runs.writeProgram()
  const { code, stderr } = await project.run(['build'])
  expect(code, stderr).toBe(0)
  for (const name of ['words', 'seen', 'quiet']) await cluster.createTopic(name, { partitions: 3 })
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await cluster.close()
})

const produce = (value: string): Promise<void> =>
  cluster.produce(
    'words',
    keys.map((key) => ({ key, value })),
  )

const read = async (topic: string): Promise<readonly string[]> =>
  (await cluster.read(topic)).map(({ key, value }) => `${String(key)} ${String(value)}`).sort()

const linesOf = (value: string): readonly string[] => keys.map((key) => `${key} ${value}`).sort()

it('timers fire once, without input, in the process that has them after a kill', async () => {
  await produce('first')
  await produce('second')
  const first = runs.start('state-of-first')
  await runs.until(first, async () => (await read('seen')).length === 2 * keys.length)
  await runs.end(first, 'SIGKILL')
  const second = runs.start('state-of-second')
  await runs.until(second, async () => (await read('quiet')).length >= keys.length)
  // Silence has ended, and begins again.
  await produce('third')
  await runs.until(second, async () => (await read('quiet')).length >= 2 * keys.length)
  await runs.end(second, 'SIGTERM')
  expect(await read('quiet'), runs.said).toEqual([...linesOf('2'), ...linesOf('3')].sort())
}, 180_000)
