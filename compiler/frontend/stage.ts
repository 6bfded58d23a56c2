/**
 * Step 3: runs the builders. The author's modules are bundled and executed in a worker thread with a time limit, without
 * network and environment; twice, with different clocks, to see that the result does not depend on them.
 */
import type { ts } from 'ts-morph'
import type { Diagnostic, PassResult } from '../diagnostics/diagnostic.js'
import { noPipeline, sameName } from '../diagnostics/load.js'
import {
  builderExited,
  builderThrew,
  builderTimedOut,
  danglingStream,
  environmentInBuilder,
  moduleThrew,
  networkInBuilder,
  notDeterministic,
  wrongUse,
} from '../diagnostics/stage.js'
import type { PipelineErrorCode } from '../../dsl/errors.js'
import { assertLogicalPlan } from '../ir/assert-plans.js'
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode } from '../ir/logical-plan.js'
import { importedFiles } from './load.js'
import { spanBetween } from './load/source-program.js'
import type { QuotedProgram } from './quote.js'
import { bundle, type StagedBundle } from './staging/bundle.js'
import { difference } from './staging/compare-runs.js'
import { authorsPlaces, callers } from './staging/map-stack.js'
import type { StagedError, StagedPipeline, Violation } from './staging/message.js'
import { runWorker, type BuiltPipeline, type StageRun } from './staging/run-worker.js'
import { siteSpan, toPlan, type StagedPlan } from './staging/to-plan.js'

export interface StageOptions {
  /** For one run of all builders, in ms. Default: 10,000. */
  readonly timeout?: number
  /** Gets what the author's code prints while it is built. */
  readonly output?: (text: string) => void
}

export interface StagedProgram {
  readonly quoted: QuotedProgram
  readonly pipelines: readonly StagedPlan[]
}

const defaultTimeout = 10_000
/** A year, a month, a day and some: every part of a date differs. */
const clockShift = 34_218_061_007

export async function stage(quoted: QuotedProgram, options: StageOptions = {}): Promise<PassResult<StagedProgram>> {
  const bundled = await bundle(quoted)
  if (!('code' in bundled)) return { value: undefined, diagnostics: bundled }
  const { timeout = defaultTimeout } = options
  const [first, second] = await Promise.all([
    runWorker(bundled.code, { timeout, clockShift: 0 }),
    runWorker(bundled.code, { timeout, clockShift }),
  ])
  if (first.output !== '') options.output?.(first.output)
  const reporter = new Reporter(quoted, bundled, timeout)
  const diagnostics = [...reporter.ending(first), ...reporter.violations(first)]
  const pipelines: StagedPlan[] = []
  for (const built of first.pipelines) {
    if (!built.result.ok) {
      diagnostics.push(...reporter.builderError(built.result.name, built.result.error, first.violations))
      continue
    }
    const { pipeline } = built.result
    diagnostics.push(...reporter.determinism(built, pipeline, second))
    const staged = toPlan(quoted, built, pipeline)
    assertLogicalPlan(staged.plan)
    diagnostics.push(...danglingStreams(staged))
    pipelines.push(staged)
  }
  if (first.end.kind === 'done') diagnostics.push(...withoutPipeline(quoted, first))
  return { value: { quoted, pipelines }, diagnostics: [...diagnostics, ...sameNames(pipelines)] }
}

class Reporter {
  readonly #quoted: QuotedProgram
  readonly #bundle: StagedBundle
  readonly #timeout: number

  constructor(quoted: QuotedProgram, bundled: StagedBundle, timeout: number) {
    this.#quoted = quoted
    this.#bundle = bundled
    this.#timeout = timeout
  }

  ending({ end, violations }: StageRun): Diagnostic[] {
    switch (end.kind) {
      case 'done':
        return []
      case 'load-failed': {
        if (isToldElsewhere(end.error, violations)) return []
        const places = this.#places(end.error.stack)
        if (end.error.code !== undefined) return [this.#wrongUse(end.error, end.error.code)]
        return [moduleThrew(end.error.message, places[0], callers(places))]
      }
      case 'timed-out':
        return [builderTimedOut(whatRan(end.pipeline), this.#timeout, siteSpan(this.#quoted, end.site))]
      case 'ended':
        return [builderExited(whatRan(end.pipeline), end.reason, siteSpan(this.#quoted, end.site))]
    }
  }

  builderError(pipeline: string, error: StagedError, violations: readonly Violation[]): readonly Diagnostic[] {
    if (isToldElsewhere(error, violations)) return []
    if (error.code !== undefined) return [this.#wrongUse(error, error.code)]
    const places = this.#places(error.stack)
    return [builderThrew(pipeline, error.message, places[0], callers(places))]
  }

  violations({ violations }: StageRun): readonly Diagnostic[] {
    return violations.map(({ kind, what, stack }) => {
      const [span] = this.#places(stack)
      return kind === 'network' ? networkInBuilder(what, span) : environmentInBuilder(what, span)
    })
  }

  determinism(built: BuiltPipeline, first: StagedPipeline, { pipelines, end }: StageRun): readonly Diagnostic[] {
    const again = pipelines.find(({ file, exportName }) => file === built.file && exportName === built.exportName)
    // A second run that a slow machine stopped says nothing about the builder.
    if (again === undefined && end.kind !== 'done') return []
    const found = difference(first, again?.result.ok === true ? again.result.pipeline : undefined)
    return found === undefined ? [] : [notDeterministic(first.name, found.what, siteSpan(this.#quoted, found.site))]
  }

  #wrongUse({ message, help, site, stack }: StagedError, code: string): Diagnostic {
    const span = siteSpan(this.#quoted, site) ?? this.#places(stack)[0]
    return wrongUse(code as PipelineErrorCode, message, span, help)
  }

  #places(stack: string | undefined): ReturnType<typeof authorsPlaces> {
    return authorsPlaces(stack, this.#bundle.map, this.#quoted.source)
  }
}

/** The error of a forbidden call is told as the violation that it is. */
function isToldElsewhere(error: StagedError, violations: readonly Violation[]): boolean {
  return violations.some(({ kind, stack }) => kind === 'network' && stack === error.stack)
}

function whatRan(pipeline: string | undefined): string {
  return pipeline === undefined ? 'loading the modules' : `the builder of '${pipeline}'`
}

/** Files without a pipeline; those that others import are helpers, which happen to match a pattern of the settings. */
function withoutPipeline({ source }: QuotedProgram, { pipelines }: StageRun): readonly Diagnostic[] {
  const exporting = new Set(pipelines.map(({ file }) => file))
  const imported = new Set(source.modules.flatMap((file) => importedFiles(source.checker, file)))
  const isHelper = (entry: ts.SourceFile): boolean => exporting.size > 0 && imported.has(entry)
  return source.entries
    .filter((entry) => !exporting.has(entry.fileName) && !isHelper(entry))
    .map((entry) => {
      const span = spanBetween(source.root, entry, 0, Math.min(1, entry.end))
      return noPipeline(span.file, span)
    })
}

function sameNames(pipelines: readonly StagedPlan[]): readonly Diagnostic[] {
  const seen = new Map<string, StagedPlan>()
  return pipelines.flatMap((staged) => {
    const other = seen.get(staged.plan.name)
    seen.set(staged.plan.name, staged)
    return other === undefined ? [] : [sameName(staged.plan.name, staged.span, other.span)]
  })
}

function danglingStreams({ plan }: StagedPlan): readonly Diagnostic[] {
  const used = new Set(plan.nodes.flatMap(inputsOf))
  return plan.nodes
    .filter((node) => !endsStream(node) && !used.has(node.id) && !goesOn(plan.nodes, node))
    .map((node) => danglingStream(node.label, node.span))
}

/** A cogroup that got one more input is a new one, which stands for it. */
function goesOn(nodes: readonly LogicalNode[], node: LogicalNode): boolean {
  return (
    node.kind === 'cogroup' &&
    nodes.some(
      (other) =>
        other.kind === 'cogroup' &&
        other.inputs.length > node.inputs.length &&
        node.inputs.every((input, i) => other.inputs[i] === input),
    )
  )
}

/** Operators that do something by themselves. */
function endsStream(node: LogicalNode): boolean {
  return (
    node.kind === 'to' ||
    node.kind === 'for-each' ||
    node.kind === 'peek' ||
    node.kind === 'print' ||
    node.kind === 'branch'
  )
}
