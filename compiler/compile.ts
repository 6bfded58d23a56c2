/**
 * The compiler: thirteen steps, one after the other, each from one kind of data to the next. Errors of all files and
 * pipelines are collected; a step that has nothing to go on with ends the build. Writes nothing: see link/write-outputs.ts.
 */
import path from 'node:path'
import { Collector } from './diagnostics/collector.js'
import { isError, type Diagnostic, type PassResult } from './diagnostics/diagnostic.js'
import { internalFault } from './diagnostics/notes.js'
import { needsReset, unreadableState } from './diagnostics/topology.js'
import { generate } from './codegen/generate.js'
import { demand } from './demand/demand.js'
import { authorModules } from './frontend/author-modules.js'
import { lowerLambda } from './frontend/lambda/lower-lambda.js'
import { Session as SourceSession } from './frontend/load.js'
import { quote } from './frontend/quote.js'
import { resolveClosures } from './frontend/resolve-closures.js'
import { resolveTypes } from './frontend/resolve-types.js'
import { stage } from './frontend/stage.js'
import type { LockedSubjects } from './frontend/types/locked-subjects.js'
import type { AuthorModule } from './ir/author-module.js'
import { assertMir } from './ir/assert-mir.js'
import type { PlanDemand } from './ir/demand.js'
import type { MirProgram } from './ir/mir.js'
import type { ModuleIR } from './ir/module-ir.js'
import type { Disabled } from './ir/optimizations.js'
import type { OptimizedPlan } from './ir/optimized-plan.js'
import type { ResolvedPlan } from './ir/resolved-plan.js'
import type { Topology } from './ir/topology.js'
import type { Manifest } from '../runtime/abi/manifest.js'
import { link, type OutputFile } from './link/link.js'
import { modulesBehind } from './link/modules-behind.js'
import { sourceHash } from './link/source-hash.js'
import { lower } from './lower/lower.js'
import { buildManifest, topologyHash } from './manifest.js'
import { optimize } from './optimize/optimize.js'
import { assertTopology } from './plan/assert-topology.js'
import { buildTopology } from './plan/build-topology.js'
import { checkCoPartitioning } from './plan/check-co-partitioning.js'
import { checkSourceChangelogs } from './plan/check-source-changelogs.js'
import { mergeExchanges } from './plan/merge-exchanges.js'
import { plan } from './plan/plan.js'
import { serdes } from './serdes/serdes.js'
import { simplify } from './simplify/simplify.js'
import { comparePipelines } from './topology-lock/compare.js'
import { deployedExchanges, describePipeline } from './topology-lock/describe.js'
import type { LockedPipeline, TopologyLock } from './topology-lock/lock.js'
import { Timings, type PassTiming } from './timings.js'

export interface CompileOptions {
  /** Absolute path of the project's folder. */
  readonly root: string
  /** Files that export pipelines, absolute or relative to the root. */
  readonly files: readonly string[]
  /** Absolute path of the output folder. */
  readonly outDir: string
  /** Default: the nearest tsconfig.json. */
  readonly tsconfig?: string | undefined
  /** Files that only add types, such as the generated types of the schema lock. */
  readonly typeFiles?: readonly string[]
  /** Subjects of the schema lock; default: none. */
  readonly locked?: LockedSubjects
  /** Text of the schema lock, which is part of the source hash. */
  readonly lockText?: string
  /** What is deployed; default: nothing. */
  readonly topologyLock?: TopologyLock
  /** Version of the compiler, for headers and manifests. */
  readonly version?: string
  /** Optimisations to leave out; default: none. */
  readonly disabled?: Disabled
  /** For one run of all builders, in ms. Default: 10,000. */
  readonly stageTimeout?: number
  /** Gets what the author's code prints while it is built. */
  readonly output?: (text: string) => void
}

export interface CompileResult {
  /** Pipelines without errors. */
  readonly pipelines: readonly CompiledPipeline[]
  /** All of them, of all steps. */
  readonly diagnostics: readonly Diagnostic[]
  readonly timings: readonly PassTiming[]
  /** Absolute paths of the author's modules that the build depends on: what to watch. */
  readonly sources: readonly string[]
}

/** A pipeline at every level, for `explain`, and its files. */
export interface CompiledPipeline {
  readonly name: string
  readonly levels: PipelineLevels
  readonly manifest: Manifest
  /** For the topology lock. */
  readonly keeps: LockedPipeline
  readonly files: readonly OutputFile[]
}

export interface PipelineLevels {
  readonly resolved: ResolvedPlan
  readonly optimized: OptimizedPlan
  readonly demand: PlanDemand
  readonly topology: Topology
  readonly mir: MirProgram
  readonly simplified: MirProgram
  readonly module: ModuleIR
}

export function compile(options: CompileOptions): Promise<CompileResult> {
  return new Session(options).compile()
}

/** Keeps parsed files between builds, for watching. */
export class Session {
  readonly #options: CompileOptions
  readonly #sources: SourceSession

  constructor(options: CompileOptions) {
    this.#options = options
    const { root, files, tsconfig, typeFiles = [] } = options
    this.#sources = new SourceSession({ root, files, tsconfig, typeFiles })
  }

  /** `changed`: absolute paths of files that changed since the last build; `changes`: options that did, as the lock. */
  compile(changed: readonly string[] = [], changes: Partial<CompileOptions> = {}): Promise<CompileResult> {
    this.#sources.update(changed)
    return run(this.#sources, { ...this.#options, ...changes })
  }
}

async function run(sources: SourceSession, options: CompileOptions): Promise<CompileResult> {
  const build = new Build()
  const { timings } = build
  const loaded = build.take(timings.measure('load', () => sources.load()))
  if (loaded === undefined) return build.result([], [])
  const watched = loaded.modules.map((module) => module.fileName)
  const quoted = build.take(timings.measure('quote', () => quote(loaded)))
  if (quoted === undefined) return build.result([], watched)
  const staged = build.take(await timings.measureAsync('stage', () => stage(quoted, stageOptions(options))))
  if (staged === undefined) return build.result([], watched)
  const closed = build.take(timings.measure('resolve-closures', () => resolveClosures(staged, lowerLambda)))
  if (closed === undefined) return build.result([], watched)
  const locked = options.locked ?? new Map()
  const resolved = build.take(timings.measure('resolve-types', () => resolveTypes(closed, locked))) ?? []
  const modules = authorModules(loaded)
  const pipelines: CompiledPipeline[] = []
  for (const one of resolved) {
    const compiled = await compilePipeline(one, modules, options, build)
    if (compiled !== undefined) pipelines.push(compiled)
  }
  return build.result(pipelines, watched)
}

function stageOptions({ stageTimeout, output }: CompileOptions): Parameters<typeof stage>[1] {
  return {
    ...(stageTimeout === undefined ? {} : { timeout: stageTimeout }),
    ...(output === undefined ? {} : { output }),
  }
}

/** What steps 6 to 13 need of the options. */
export type BackEndOptions = Pick<
  CompileOptions,
  'root' | 'outDir' | 'version' | 'lockText' | 'topologyLock' | 'disabled'
>

/** Steps 6 to 13 for one pipeline. */
export async function compilePlan(
  resolved: ResolvedPlan,
  modules: readonly AuthorModule[],
  options: BackEndOptions,
): Promise<PassResult<CompiledPipeline>> {
  const build = new Build()
  const value = await compilePipeline(resolved, modules, options, build)
  return { value, diagnostics: build.diagnostics }
}

async function compilePipeline(
  resolved: ResolvedPlan,
  modules: readonly AuthorModule[],
  options: BackEndOptions,
  build: Build,
): Promise<CompiledPipeline | undefined> {
  const { root, outDir, version = '0', lockText = '' } = options
  const locked = options.topologyLock?.pipelines[resolved.name]
  const own = modulesBehind(modules, path.resolve(root, resolved.file).replaceAll('\\', '/'))
  try {
    const levels = lowered(resolved, { disabled: options.disabled, timings: build.timings, locked })
    const unsound = [
      ...checkCoPartitioning(resolved, levels.topology),
      ...checkSourceChangelogs(resolved, levels.topology),
    ]
    build.diagnostics.push(...unsound)
    if (unsound.length > 0) return undefined
    const manifest = buildManifest(resolved, levels.topology, levels.module, {
      compiler: version,
      sourceHash: sourceHash(root, own, [lockText]),
      locked,
    })
    const keeps = describePipeline(resolved, levels.topology, topologyHash(resolved, levels.topology))
    const found = locked === undefined ? [] : topologyDiagnostics(resolved, locked, keeps)
    build.diagnostics.push(...found)
    if (found.some(isError)) return undefined
    const generated = build.timings.measure('generate', () => generate(levels.module, levels.topology, manifest))
    const factories = generated.factories.map((factory) => ({
      ...factory,
      module: path.resolve(root, factory.module).replaceAll('\\', '/'),
    }))
    const linked = build.take(
      await build.timings.measureAsync('link', () =>
        link({
          root,
          outDir,
          pipeline: resolved.name,
          file: resolved.file,
          module: { ...generated, factories },
          manifest,
          authorModules: own,
        }),
      ),
    )
    return linked && { name: resolved.name, levels, manifest, keeps, files: linked.files }
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    build.diagnostics.push(internalFault(`pipeline ${resolved.name}: ${message}`, undefined))
    return undefined
  }
}

/** What stands in the way of deploying it where the locked one runs. */
function topologyDiagnostics(
  { name, nodes }: ResolvedPlan,
  locked: LockedPipeline,
  keeps: LockedPipeline,
): readonly Diagnostic[] {
  return comparePipelines(name, locked, keeps).flatMap((difference) => {
    const { verdict, kind, reason, fix } = difference
    const span = nodes.find((node) => (node.name ?? node.label) === difference.name)?.span
    const change = { what: `${kind} ${difference.name}`, reason, fix }
    if (verdict === 'refused') return [unreadableState(change, span)]
    return verdict === 'reset' ? [needsReset(change, span)] : []
  })
}

interface LoweringOptions {
  readonly disabled?: Disabled | undefined
  readonly timings?: Timings
  /** What is deployed. */
  readonly locked?: LockedPipeline | undefined
}

/** Steps 6 to 11, which only fail by a fault of ours. */
export function lowered(
  resolved: ResolvedPlan,
  { disabled = new Set(), timings = new Timings(), locked }: LoweringOptions = {},
): PipelineLevels {
  const optimized = timings.measure('optimize', () => optimize(resolved, disabled))
  const demanded = timings.measure('demand', () => demand(optimized, disabled))
  const deployed = deployedExchanges(locked)
  const topology = timings.measure('plan', () =>
    buildTopology(optimized, mergeExchanges(plan(optimized), resolved, deployed)),
  )
  assertTopology(topology)
  const mir = timings.measure('lower', () => lower(optimized, topology))
  assertMir(mir, 'lower')
  const simplified = timings.measure('simplify', () => simplify(mir, resolved.recordTypes, disabled))
  assertMir(simplified, 'simplify')
  const module = timings.measure('serdes', () => serdes(simplified, optimized, topology, demanded))
  return { resolved, optimized, demand: demanded, topology, mir, simplified, module }
}

/** What one build gathers beside its result. */
class Build {
  readonly diagnostics: Diagnostic[] = []
  readonly timings = new Timings()

  take<T>(result: PassResult<T>): T | undefined {
    this.diagnostics.push(...result.diagnostics)
    return result.value
  }

  result(pipelines: readonly CompiledPipeline[], sources: readonly string[]): CompileResult {
    const collector = new Collector()
    collector.add(...this.diagnostics)
    return { pipelines, diagnostics: collector.diagnostics, timings: this.timings.list, sources }
  }
}
