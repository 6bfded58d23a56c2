/**
 * Runs in the staging worker, bundled with the author's quoted modules: finds the pipelines that the entry files export
 * and runs their builders.
 */
import { foundViolations, whileBuilding } from './guards.js'
import { parentPort } from 'node:worker_threads'
import { PipelineError } from '../../../dsl/errors.js'
import { Recorder } from '../../../dsl/model/recorder.js'
import { DeclaredPipeline } from '../../../dsl/pipeline.js'
import { recordGraph } from '../../../dsl/record-graph.js'
import type { StagedError, StagedPipeline, StageMessage } from './message.js'
import { anchorsOf, forgetFrames } from './registry.js'
import { serializeGraph } from './serialize-graph.js'

/** One entry file of the author: loading it is part of the run, so that what it throws can be told apart. */
export interface StagedEntry {
  readonly file: string
  readonly load: () => Readonly<Record<string, unknown>>
}

export function stageEntries(entries: readonly StagedEntry[]): void {
  for (const stream of [process.stdout, process.stderr]) passOn(stream)
  const staged = new Set<DeclaredPipeline>()
  for (const { file, load } of entries) {
    const exported = loaded(load)
    if (exported === undefined) return
    for (const [exportName, value] of pipelinesOf(exported)) {
      if (staged.has(value)) continue
      staged.add(value)
      tell({ kind: 'building', pipeline: value.name, site: value.site })
      tell({ kind: 'pipeline', file, exportName, result: run(value) })
    }
  }
  tell({ kind: 'done', violations: foundViolations() })
}

/** In the order in which they are written; of several names of one pipeline, not `default`. */
function pipelinesOf(exported: Readonly<Record<string, unknown>>): readonly (readonly [string, DeclaredPipeline])[] {
  return Object.entries(exported)
    .flatMap(([name, value]) => (value instanceof DeclaredPipeline ? [[name, value] as const] : []))
    .toSorted(([a], [b]) => Number(a === 'default') - Number(b === 'default'))
    .toSorted(([, a], [, b]) => (a.site?.id ?? 0) - (b.site?.id ?? 0))
}

function loaded(load: StagedEntry['load']): Readonly<Record<string, unknown>> | undefined {
  try {
    return load()
  } catch (error) {
    tell({ kind: 'load-failed', error: plainError(error), violations: foundViolations() })
    return undefined
  }
}

type Result = Extract<StageMessage, { kind: 'pipeline' }>['result']

function run(pipeline: DeclaredPipeline): Result {
  try {
    return { ok: true, pipeline: whileBuilding(() => build(pipeline)) }
  } catch (error) {
    forgetFrames()
    return { ok: false, name: pipeline.name, error: plainError(error) }
  }
}

function build(pipeline: DeclaredPipeline): StagedPipeline {
  const recorder = new Recorder(pipeline.name)
  const graph = recordGraph(pipeline, recorder)
  return serializeGraph(graph, pipeline.site, anchorsOf(recorder))
}

function plainError(error: unknown): StagedError {
  const isPipelineError = error instanceof PipelineError
  return {
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
    code: isPipelineError ? error.code : undefined,
    help: isPipelineError ? error.help : undefined,
    site: isPipelineError && error.site !== undefined ? { id: error.site.id, frames: error.site.frames } : undefined,
  }
}

/** As messages, output stays in order, and is not lost when the worker is stopped. */
function passOn(stream: NodeJS.WriteStream): void {
  const write = (chunk: string | Uint8Array): boolean => {
    tell({ kind: 'output', text: typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk) })
    return true
  }
  Object.defineProperty(stream, 'write', { value: write })
}

function tell(message: StageMessage): void {
  parentPort?.postMessage(message)
}
