/** Compiles a pipeline given as text, down to a module that runs. */
import path from 'node:path'
import { expect } from 'vitest'
import { compilePlan, type CompiledPipeline } from '../../../compiler/compile.js'
import { isError, type PassResult } from '../../../compiler/diagnostics/diagnostic.js'
import { authorModules } from '../../../compiler/frontend/author-modules.js'
import { lowerLambda } from '../../../compiler/frontend/lambda/lower-lambda.js'
import { load } from '../../../compiler/frontend/load.js'
import { quote } from '../../../compiler/frontend/quote.js'
import { resolveClosures } from '../../../compiler/frontend/resolve-closures.js'
import { resolveTypes } from '../../../compiler/frontend/resolve-types.js'
import { stage } from '../../../compiler/frontend/stage.js'
import type { LockedSubjects } from '../../../compiler/frontend/types/locked-subjects.js'
import type { AuthorModule } from '../../../compiler/ir/author-module.js'
import type { Optimization } from '../../../compiler/ir/optimizations.js'
import type { ResolvedPlan } from '../../../compiler/ir/resolved-plan.js'
import type { GeneratedPipeline } from '../../../runtime/abi/index.js'
import { project } from '../frontend/project.js'
import { loadModule } from './run-module.js'

export interface BuildOptions {
  readonly locked?: LockedSubjects
  readonly typeFiles?: readonly string[]
}

export interface Built {
  readonly pipeline: GeneratedPipeline
  readonly compiled: CompiledPipeline
  /** Text of the linked module. */
  readonly code: string
}

/** The front end's part, done once for any number of back ends. */
export interface FrontHalf {
  readonly plan: ResolvedPlan
  readonly modules: readonly AuthorModule[]
  readonly root: string
}

export async function frontHalf(
  files: Readonly<Record<string, string>>,
  options: BuildOptions = {},
): Promise<FrontHalf> {
  const { root, files: entries } = project(files)
  const { locked = new Map<string, never>(), typeFiles = [] } = options
  const source = valueOf(load({ root, files: entries, typeFiles }))
  const closed = valueOf(resolveClosures(valueOf(await stage(valueOf(quote(source)))), lowerLambda))
  const [plan] = valueOf(resolveTypes(closed, locked))
  if (plan === undefined) throw new Error('there is no pipeline')
  return { plan, modules: authorModules(source), root }
}

export async function backHalf(
  { plan, modules, root }: FrontHalf,
  disabled: readonly Optimization[] = [],
): Promise<Built> {
  const options = { root, outDir: path.join(root, 'generated'), disabled: new Set(disabled) }
  const compiled = valueOf(await compilePlan(plan, modules, options))
  const code = compiled.files.find((file) => file.path.endsWith('.js'))?.text ?? ''
  return { compiled, code, pipeline: await loadModule(code) }
}

export async function build(files: Readonly<Record<string, string>>, options: BuildOptions = {}): Promise<Built> {
  return backHalf(await frontHalf(files, options))
}

function valueOf<T>({ value, diagnostics }: PassResult<T>): T {
  expect(diagnostics.filter(isError)).toEqual([])
  if (value === undefined) throw new Error('a step gave nothing')
  return value
}
