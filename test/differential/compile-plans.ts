/** Compiles generated plans, all in one project. */
import { schemaFingerprint } from '../../avro/fingerprint.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { generateTypes } from '../../avro/typescript.js'
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.js'
import { optimizations, type Disabled, type Optimization } from '../../compiler/ir/optimizations.js'
import type { LockedSubject } from '../../compiler/frontend/types/locked-subjects.js'
import { CompileError, compileFiles, type LoadedPipeline } from '../conformance/compile-files.js'
import { HELPERS_TEXT, type GeneratedPlan } from './generate/plan.js'

/** A plan compiled with some optimisations off. */
export interface CompiledForm {
  readonly name: string
  readonly pipeline: LoadedPipeline
}

const HELPERS_FILE = 'helpers.ts'
const TYPES_FILE = 'schemas.ts'

/** Forms of each plan: with all optimisations, with none, and without one. Plans that are not well typed are left out. */
export async function compilePlans(
  project: string,
  plans: readonly GeneratedPlan[],
  without: Optimization,
): Promise<ReadonlyMap<string, readonly CompiledForm[]>> {
  try {
    const forms: [string, ReadonlyMap<string, LoadedPipeline>][] = [
      ['compiled without optimisations', await compileWith(project, plans, new Set(optimizations))],
      ['compiled', await compileWith(project, plans, new Set())],
      [`compiled without ${without}`, await compileWith(project, plans, new Set([without]))],
    ]
    return new Map(plans.map((plan) => [plan.name, forms.map(([name, pipelines]) => formOf(plan, name, pipelines))]))
  } catch (error) {
    const wrong = error instanceof CompileError ? authorsFaults(error.diagnostics) : new Set()
    const others = plans.filter((plan) => !wrong.has(fileOf(plan)))
    if (others.length === plans.length || others.length === 0) throw error
    return compilePlans(project, others, without)
  }
}

function formOf(plan: GeneratedPlan, name: string, pipelines: ReadonlyMap<string, LoadedPipeline>): CompiledForm {
  const pipeline = pipelines.get(plan.name)
  if (pipeline === undefined) throw new Error(`${plan.name} was not compiled`)
  return { name, pipeline }
}

/**
 * Files that an author would have to mend: random programs are not always well typed. Faults of the compiler and what it
 * does not support are none of these.
 */
function authorsFaults(diagnostics: readonly Diagnostic[]): ReadonlySet<string | undefined> {
  return new Set(diagnostics.flatMap(({ severity, span }) => (severity === 'error' ? [span?.file] : [])))
}

function compileWith(
  project: string,
  plans: readonly GeneratedPlan[],
  disabled: Disabled,
): Promise<ReadonlyMap<string, LoadedPipeline>> {
  return compileFiles(projectFiles(plans), {
    root: new URL(`./project/${project}`, import.meta.url).pathname,
    entries: plans.map(fileOf),
    typeFiles: [TYPES_FILE],
    locked: new Map(plans.flatMap((plan) => [...lockedSubjects(plan)])),
    disabled,
  })
}

export function projectFiles(plans: readonly GeneratedPlan[]): ReadonlyMap<string, string> {
  return new Map([
    [HELPERS_FILE, HELPERS_TEXT],
    [TYPES_FILE, generateTypes(plans.flatMap(typedSubjects), 'test/differential')],
    ...plans.map((plan) => [fileOf(plan), plan.text] as const),
  ])
}

function fileOf({ name }: GeneratedPlan): string {
  return `${name}.ts`
}

function typedSubjects({ subjects, long }: GeneratedPlan) {
  return [...subjects].map(([subject, versions]) => ({
    subject,
    schema: parseSchemaOrThrow(versions.at(-1) ?? 'null'),
    long,
  }))
}

function lockedSubjects({ subjects, long }: GeneratedPlan): ReadonlyMap<string, LockedSubject> {
  const locked = [...subjects].map(([subject, texts]) => {
    const versions = texts.map((text, index) => {
      const schema = parseSchemaOrThrow(text)
      return { version: index + 1, fingerprint: schemaFingerprint(schema), schema }
    })
    return [subject, { versions, long }] as const
  })
  return new Map(locked)
}
