/** Files of compiled pipelines onto the disk; what is there and equal is left alone, so that watchers see real changes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { CompiledPipeline } from './compile.js'

/** Paths, relative to the output folder, of the files that are missing or differ. Writes nothing. */
export function staleOutputs(outDir: string, pipelines: readonly CompiledPipeline[]): readonly string[] {
  return pipelines
    .flatMap((pipeline) => pipeline.files)
    .filter((file) => textOf(path.join(outDir, file.path)) !== file.text)
    .map((file) => file.path)
}

/** Writes what is stale and returns it. */
export function writeOutputs(outDir: string, pipelines: readonly CompiledPipeline[]): readonly string[] {
  const stale = staleOutputs(outDir, pipelines)
  for (const file of pipelines.flatMap((pipeline) => pipeline.files)) {
    if (!stale.includes(file.path)) continue
    const target = path.join(outDir, file.path)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, file.text)
  }
  return stale
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
