/** Small projects on the disk, and what the front end makes of them. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { AvroSchema } from '../../../avro/schema.js'
import { schemaFingerprint } from '../../../avro/fingerprint.js'
import { parseSchemaOrThrow } from '../../../avro/parse-schema.js'
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.js'
import { lowerLambda } from '../../../compiler/frontend/lambda/lower-lambda.js'
import { load } from '../../../compiler/frontend/load.js'
import { quote } from '../../../compiler/frontend/quote.js'
import { resolveClosures } from '../../../compiler/frontend/resolve-closures.js'
import { resolveTypes } from '../../../compiler/frontend/resolve-types.js'
import { stage, type StageOptions } from '../../../compiler/frontend/stage.js'
import type { StagedPlan } from '../../../compiler/frontend/staging/to-plan.js'
import type { LockedSubjects } from '../../../compiler/frontend/types/locked-subjects.js'
import type { ResolvedPlan } from '../../../compiler/ir/resolved-plan.js'

// Each test parses TypeScript's libraries and starts workers; a loaded machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

export const fixtures = path.resolve('test/fixtures/pipelines')

export interface Project {
  readonly root: string
  readonly files: readonly string[]
}

/** Without the DOM's types, which take long to parse. */
const tsconfig = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: 'ES2023',
    lib: ['ES2023'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    types: [],
    skipLibCheck: true,
  },
})

/** Writes files into a folder that goes when the test has finished. */
export function project(
  files: Readonly<Record<string, string>>,
  entries: readonly string[] = ['pipeline.ts'],
): Project {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-frontend-')))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  for (const [file, text] of Object.entries({ 'tsconfig.json': tsconfig, ...files })) {
    const target = path.join(root, file)
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.writeFileSync(target, text)
  }
  return { root, files: entries }
}

/** A project of one file, whose builder's body is given. */
export function builder(body: string, above = ''): Project {
  return project({ 'pipeline.ts': pipelineText(body, above) })
}

export function pipelineText(body: string, above = ''): string {
  return [
    `import { avro, json, otherwise, pipeline, string, topic, type Stream } from 'millrace'`,
    above,
    `interface Order { readonly id: string; readonly amount: number; readonly items: readonly string[]; readonly at: Date }`,
    `const orders = topic('orders', { key: string(), value: json<Order>() })`,
    `const out = topic('out', { key: string(), value: json<Order>() })`,
    '',
    `export const made = pipeline('made', (p) => {`,
    body,
    `})`,
    `void [avro, otherwise]; export type Used = Stream<string, Order>`,
    '',
  ].join('\n')
}

export interface FrontEnd {
  readonly diagnostics: readonly Diagnostic[]
  readonly staged: readonly StagedPlan[]
  readonly plans: readonly ResolvedPlan[]
  readonly output: string
}

export interface FrontEndOptions extends StageOptions {
  readonly locked?: LockedSubjects
  readonly typeFiles?: readonly string[]
}

export async function frontEnd({ root, files }: Project, options: FrontEndOptions = {}): Promise<FrontEnd> {
  const diagnostics: Diagnostic[] = []
  let output = ''
  const note = <T>(result: { value: T | undefined; diagnostics: readonly Diagnostic[] }): T | undefined => {
    diagnostics.push(...result.diagnostics)
    return result.value
  }
  const source = note(load({ root, files, typeFiles: options.typeFiles ?? [] }))
  const quoted = source && note(quote(source))
  const staged = quoted && note(await stage(quoted, { ...options, output: (text) => (output += text) }))
  const closed = staged && note(resolveClosures(staged, lowerLambda))
  const plans = closed && note(resolveTypes(closed, options.locked ?? new Map()))
  return { diagnostics, staged: staged?.pipelines ?? [], plans: plans ?? [], output }
}

/** `MR2001 pipeline.ts:8:12 message`, without what TypeScript itself says. */
export function told(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics
    .filter(({ code }) => code.startsWith('MR'))
    .map(({ code, span, message }) => `${code} ${span === undefined ? '-' : `${span.line}:${span.column}`} ${message}`)
}

export function codes(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code }) => code)
}

/** A schema lock of subjects with their versions. */
export function lock(subjects: Readonly<Record<string, readonly unknown[]>>): LockedSubjects {
  const entries = Object.entries(subjects).map(([subject, versions]) => {
    const parsed = versions.map((json, index) => {
      const schema: AvroSchema = parseSchemaOrThrow(JSON.stringify(json))
      return { version: index + 1, fingerprint: schemaFingerprint(schema), schema }
    })
    return [subject, { versions: parsed, long: 'number' }] as const
  })
  return new Map(entries)
}
