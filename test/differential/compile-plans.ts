/** Compiles generated plans, all in one project. */
import { schemaFingerprint } from '../../avro/fingerprint.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { generateTypes } from '../../avro/typescript.js'
import { optimizations, type Disabled } from '../../compiler/ir/optimizations.js'
import type { LockedSubject } from '../../compiler/frontend/types/locked-subjects.js'
import { compileFiles, type LoadedPipeline } from '../conformance/compile-files.js'
import { HELPERS_TEXT, type GeneratedPlan } from './generate/plan.js'

export interface CompiledForms {
  readonly optimized: LoadedPipeline
  /** With every optimisation off. */
  readonly plain: LoadedPipeline
}

const HELPERS_FILE = 'helpers.ts'
const TYPES_FILE = 'schemas.ts'

export async function compilePlans(
  project: string,
  plans: readonly GeneratedPlan[],
): Promise<ReadonlyMap<string, CompiledForms>> {
  const optimized = await compileWith(project, plans, new Set())
  const plain = await compileWith(project, plans, new Set(optimizations))
  return new Map(
    plans.map(({ name }) => {
      const forms = { optimized: optimized.get(name), plain: plain.get(name) }
      if (forms.optimized === undefined || forms.plain === undefined) throw new Error(`${name} was not compiled`)
      return [name, { optimized: forms.optimized, plain: forms.plain }]
    }),
  )
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

function typedSubjects({ subjects }: GeneratedPlan) {
  return [...subjects].map(([subject, versions]) => ({
    subject,
    schema: parseSchemaOrThrow(versions.at(-1) ?? 'null'),
    long: 'number' as const,
  }))
}

function lockedSubjects({ subjects }: GeneratedPlan): ReadonlyMap<string, LockedSubject> {
  const locked = [...subjects].map(([subject, texts]) => {
    const versions = texts.map((text, index) => {
      const schema = parseSchemaOrThrow(text)
      return { version: index + 1, fingerprint: schemaFingerprint(schema), schema }
    })
    return [subject, { versions, long: 'number' }] as const
  })
  return new Map(locked)
}
