/**
 * What runs under faults: nine partitions in, each record as it is to nine partitions out, and a count by key from a
 * store. Compiled once a run, in a folder of its own.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { loadPipeline } from '../../runtime/load-pipeline.js'

const repository = fileURLToPath(new URL('../..', import.meta.url))

export const PARTITIONS = 9
export const TOPICS = { input: 'faults-in', output: 'faults-out', counts: 'faults-counts' } as const
export const GROUP = 'faults'

const pipeline = `import { json, pipeline, string, topic } from 'millrace'
const numbers = topic('${TOPICS.input}', { key: string(), value: string() })
export const faults = pipeline('${GROUP}', (p) => {
  const records = p.stream(numbers)
  records.to(topic('${TOPICS.output}', { key: string(), value: string() }))
  records
    .groupByKey()
    .count({ name: 'per-key' })
    .toStream()
    .to(topic('${TOPICS.counts}', { key: string(), value: json<number>() }))
})
`

const program = `import { runMain } from 'millrace/runtime'
await runMain({
  pipeline: new URL('./generated/faults.js', import.meta.url),
  http: false,
  ...JSON.parse(process.env.APP_OPTIONS),
})
`

/** Who does the work: what we compile, or what people write with kafkajs, which copies and does not count. */
export type Contender = 'millrace' | 'kafkajs'

export interface Workload extends AsyncDisposable {
  readonly directory: string
  readonly programs: Readonly<Record<Contender, string>>
  /** To be preloaded with `--import`. */
  readonly saboteur: string
  readonly changelog: string
}

export const openWorkload = async (): Promise<Workload> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'millrace-faults-')))
  const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 5 })
  try {
    for (const folder of ['pipelines', 'node_modules']) await mkdir(join(directory, folder))
    await symlink(repository, join(directory, 'node_modules', 'millrace'))
    for (const name of ['@types', 'typescript']) {
      await symlink(join(repository, 'node_modules', name), join(directory, 'node_modules', name))
    }
    await writeFile(join(directory, 'package.json'), '{ "type": "module", "private": true }\n')
    await writeFile(join(directory, 'pipelines', 'faults.ts'), pipeline)
    await writeFile(join(directory, 'program.mjs'), program)
    await promisify(execFile)(process.execPath, [join(repository, 'dist/cli/main.js'), 'build'], { cwd: directory })
    const saboteur = await bundle(childFile('saboteur'), directory)
    const byHand = await bundle(childFile('kafkajs-pipeline'), directory)
    const { manifest } = await loadPipeline(pathToFileURL(join(directory, 'generated', 'faults.js')))
    const changelog = manifest.stores[0]?.changelog?.topic
    if (changelog === undefined) throw new Error('the pipeline has no store with a changelog')
    const programs = { millrace: join(directory, 'program.mjs'), kafkajs: byHand }
    return { directory, programs, saboteur, changelog, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

const childFile = (name: string): string => fileURLToPath(new URL(`child/${name}.ts`, import.meta.url))

/** One file of what runs in processes under test. */
export const bundle = async (file: string, directory: string): Promise<string> => {
  const outfile = join(directory, `${basename(file, '.ts')}.mjs`)
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // kafkajs is CommonJS.
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)`,
    },
    logLevel: 'warning',
  })
  return outfile
}
