/**
 * State that survives: words counted by a compiled pipeline, exactly once, in a process that is killed in the middle and
 * begun again with nothing but its changelog.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, type Project } from '../cli/support/project.js'
import { openCluster, type Cluster } from './cluster.js'
import { ProgramRuns } from './program-runs.js'

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
const vocabulary = ['ear', 'mill', 'grain', 'race', 'flour']
let cluster: Cluster
let project: Project
let runs: ProgramRuns

beforeAll(async () => {
  cluster = await openCluster()
  project = await newProject(cluster)
  runs = new ProgramRuns(project, cluster.brokers, 'counts')
  await project.remove('pipelines/large-orders.ts')
  await project.write('pipelines/counts.ts', pipelines)
  await runs.writeProgram()
  const { code, stderr } = await project.run(['build'])
  expect(code, stderr).toBe(0)
  for (const name of ['words', 'counts']) await cluster.createTopic(name, { partitions: 3 })
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await cluster.close()
})

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

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

it('every word is counted once, through a kill and a restart without the state directory', async () => {
  await produce(0, 500)
  const first = runs.start('state-of-first')
  const some = async () => Object.values(await counted()).flat().length
  await runs.until(first, async () => (await some()) > 100)
  await runs.end(first, 'SIGKILL')
  await produce(500, 1000)
  const second = runs.start('state-of-second')
  const expected = Object.fromEntries(vocabulary.map((word) => [word, upTo(1000 / vocabulary.length)]))
  await runs.until(second, async () => (await some()) >= 1000)
  await runs.end(second, 'SIGTERM')
  expect(await counted(), runs.said).toEqual(expected)
}, 180_000)
