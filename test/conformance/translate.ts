/** A conformance case as the files of a project: a pipeline in the DSL as an author would write it, and its helpers. */
import { readFileSync } from 'node:fs'
import { NotYetError, type Case, type CaseOperator, type CaseType } from './case-format.js'
import { isOptional, optional, serdeText, type LongForm } from './case-types.js'
import { OPERATORS } from './operators/index.js'
import { Scope } from './scope.js'

export interface TranslatedCase {
  /** Path -> text. */
  readonly files: ReadonlyMap<string, string>
  readonly long: LongForm
}

export const PIPELINE_FILE = 'pipeline.ts'
export const HELPERS_FILE = 'arithmetic.ts'
/** Name of the export that holds the pipeline. */
export const PIPELINE_EXPORT = 'translated'

export function pipelineName(testCase: Case): string {
  return testCase.name.replace('/', '-')
}

/** @throws NotYetError for a case with operators that millrace does not have yet. */
export function translateCase(testCase: Case): TranslatedCase {
  const long: LongForm = testCase.tags?.includes('int64') === true ? 'bigint' : 'number'
  const scope = new Scope(testCase, long)
  const statements = [
    ...testCase.sources.map((source) => sourceText(source, scope)),
    ...testCase.ops.map((operator) => operatorText(operator, scope)),
    ...testCase.sinks.map((sink) => sinkText(sink, scope)),
  ]
  const name = pipelineName(testCase)
  const body = [
    `export const ${PIPELINE_EXPORT} = pipeline('${name}', (p) => {`,
    ...statements.map((statement) => `  ${statement}`),
    '})',
    '',
  ].join('\n')
  const files = new Map([[PIPELINE_FILE, `// ${testCase.intent}\n${scope.imports(body)}\n\n${body}`]])
  if (scope.helpers.size > 0) files.set(HELPERS_FILE, readFileSync(new URL(HELPERS_FILE, import.meta.url), 'utf8'))
  return { files, long }
}

function sourceText(source: Case['sources'][number], scope: Scope): string {
  const { kind, topic, timestampField, store, versionedRetentionMs } = source
  // Keys and values of tables may always be null.
  const allowed = (type: CaseType): CaseType => (kind === 'stream' ? type : optional(type))
  const [keyType, valueType] = [allowed(source.keyType), allowed(source.valueType)]
  const field = `value${isOptional(valueType) ? '?' : ''}.${timestampField ?? ''}`
  const time = scope.long === 'bigint' ? `Number(${field} ?? ctx.timestamp)` : `${field} ?? ctx.timestamp`
  const extractor = timestampField === undefined ? [] : [`timestamp: (value, ctx) => ${time}`]
  const options = [`key: ${serdeText(keyType, scope.long)}`, `value: ${serdeText(valueType, scope.long)}`, ...extractor]
  const members = [
    ...(store === undefined ? [] : [`name: '${store}'`]),
    ...(versionedRetentionMs === undefined ? [] : [`versioned: { history: '${versionedRetentionMs}ms' }`]),
  ]
  const last = members.length === 0 ? '' : `, { ${members.join(', ')} }`
  return `const ${scope.name(source.id)} = p.${METHODS[kind]}(topic('${topic}', { ${options.join(', ')} })${last})`
}

const METHODS = { stream: 'stream', table: 'table', globalTable: 'globalTable' } as const

function operatorText(operator: CaseOperator, scope: Scope): string {
  const translate = OPERATORS[operator.op]
  if (translate === undefined) throw new NotYetError(operator.op)
  return translate(operator, scope)
}

function sinkText(sink: Case['sinks'][number], scope: Scope): string {
  const types = scope.types(sink.in)
  // What a left join keeps without a key is no part of the format's types.
  const key = serdeText(scope.hasNullKeys ? optional(types.key) : types.key, scope.long)
  // Tombstones are written too.
  const value = serdeText(types.kind === 'table' ? optional(types.value) : types.value, scope.long)
  return `${scope.name(sink.in)}.to(topic('${sink.topic}', { key: ${key}, value: ${value} }))`
}
