/**
 * The output folder: writes linked pipelines, only what changed and each file at once; finds and removes what pipelines
 * left that are gone. Of the folder's other files only those that carry our header are ever touched.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { hasHeader } from './header.js'
import type { LinkedPipeline, OutputFile } from './link.js'

export interface WriteReport {
  /** Paths relative to the output folder. */
  readonly written: readonly string[]
  readonly unchanged: readonly string[]
  /** Files of pipelines that are gone. */
  readonly removed: readonly string[]
}

export interface WriteOptions {
  /** Keep files of pipelines that are not among those given: for builds of single files. Default: false. */
  readonly keepOthers?: boolean
}

export async function writeOutputs(
  outDir: string,
  pipelines: readonly LinkedPipeline[],
  { keepOthers = false }: WriteOptions = {},
): Promise<WriteReport> {
  await mkdir(outDir, { recursive: true })
  const report = { written: [] as string[], unchanged: [] as string[], removed: [] as string[] }
  for (const file of pipelines.flatMap(({ files }) => files)) {
    const isFresh = (await textOf(outDir, file.path)) === file.text
    if (!isFresh) await replace(path.join(outDir, file.path), file.text)
    report[isFresh ? 'unchanged' : 'written'].push(file.path)
  }
  if (keepOthers) return report
  for (const file of await leftOvers(outDir, pipelines)) {
    await rm(path.join(outDir, file))
    report.removed.push(file)
  }
  return report
}

export interface StaleFile {
  /** Relative to the output folder. */
  readonly path: string
  readonly reason: 'missing' | 'differs' | 'pipeline is gone'
}

/** What `writeOutputs` would change; writes nothing. */
export async function staleOutputs(
  outDir: string,
  pipelines: readonly LinkedPipeline[],
  { keepOthers = false }: WriteOptions = {},
): Promise<readonly StaleFile[]> {
  const stale: StaleFile[] = []
  for (const file of pipelines.flatMap(({ files }) => files)) {
    const reason = staleness(file, await textOf(outDir, file.path))
    if (reason !== undefined) stale.push({ path: file.path, reason })
  }
  const gone = keepOthers ? [] : await leftOvers(outDir, pipelines)
  return [...stale, ...gone.map((file): StaleFile => ({ path: file, reason: 'pipeline is gone' }))]
}

function staleness(file: OutputFile, found: string | undefined): 'missing' | 'differs' | undefined {
  if (found === undefined) return 'missing'
  return normalized(found) === normalized(file.text) ? undefined : 'differs'
}

/** A checkout may have other ends of lines: that is not stale. */
function normalized(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** Files of a pipeline stand together, and its module carries our header. */
const endings = ['.js', '.js.map', '.d.ts', '.manifest.json']

async function leftOvers(outDir: string, pipelines: readonly LinkedPipeline[]): Promise<readonly string[]> {
  const current = new Set(pipelines.map(({ name }) => name))
  const names = await filesOf(outDir)
  const left: string[] = []
  for (const name of names.filter((file) => file.endsWith('.js'))) {
    const pipeline = name.slice(0, -'.js'.length)
    if (current.has(pipeline) || !hasHeader((await textOf(outDir, name)) ?? '')) continue
    left.push(...endings.map((ending) => pipeline + ending).filter((file) => names.includes(file)))
  }
  return left
}

async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function textOf(folder: string, file: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(folder, file), 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Whoever reads meanwhile sees the old file or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, text)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
