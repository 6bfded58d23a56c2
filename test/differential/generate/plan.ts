/** A random pipeline: the text of its file, and what its topics hold. */
import type { JsonObject } from '../../../avro/schema.js'
import type { LongMode } from '../../../avro/union-shape.js'
import { SchemaMaker, type Chooser } from '../../avro/arbitrary-schema.js'
import { jsonRecord } from './derived-kind.js'
import { makeLambda, type LambdaInput } from './lambda.js'
import { Expressions } from './expression.js'
import { evolve } from './evolve.js'
import { makeSinks } from './sink.js'
import { makeOperator } from './operator.js'
import { DOUBLE, makeRecord, recordSchema, STRING, typeText, type ValueKind } from './value-kind.js'

export interface GeneratedPlan {
  /** Name of the pipeline and of its export; prefix of all its topics. */
  readonly name: string
  readonly text: string
  readonly sources: readonly GeneratedSource[]
  /** Subject -> versions as JSON, oldest first; the last one is what the pipeline reads or writes. */
  readonly subjects: ReadonlyMap<string, readonly JsonObject[]>
  /** How longs of all subjects are represented. */
  readonly long: LongMode
}

export interface GeneratedSource {
  readonly topic: string
  readonly keyNullable: boolean
  readonly valueNullable: boolean
  readonly value: SourceValue
}

/** What stands in the topic. */
export type SourceValue =
  | { readonly kind: 'avro'; readonly subject: string }
  | { readonly kind: 'json' | 'string' | 'double'; readonly type: ValueKind }

/** A stream of the builder while it is generated. */
export interface GeneratedStream {
  readonly name: string
  readonly key: ValueKind
  readonly value: ValueKind
  /** Subject whose last version is the value's schema, as long as the value is unchanged. */
  readonly subject: string | undefined
}

/** The file while it is written. */
export class PlanBuilder {
  readonly name: string
  readonly choose: Chooser
  readonly maker: SchemaMaker
  readonly lines: string[] = []
  readonly streams: GeneratedStream[] = []
  readonly sources: GeneratedSource[] = []
  readonly subjects = new Map<string, readonly JsonObject[]>()
  readonly long: LongMode
  readonly captured = [
    { text: 'factor', type: { kind: 'number', avro: 'double' } },
    { text: 'prefix', type: { kind: 'string' } },
    { text: 'config.rate', type: { kind: 'number', avro: 'double' } },
  ] satisfies LambdaInput['captured']
  #names = 0

  constructor(name: string, choose: Chooser) {
    this.name = name
    this.choose = choose
    this.maker = new SchemaMaker(choose)
    this.long = choose.oneIn(5) ? 'bigint' : 'number'
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#names++}`
  }

  topic(suffix: string): string {
    return `${this.name}-${suffix}`
  }

  lambda(stream: Pick<LambdaInput, 'key' | 'value'>, wanted: Parameters<typeof makeLambda>[2]): string {
    return makeLambda(this.choose, { ...stream, captured: this.captured }, wanted)
  }

  /** An expression for the body of a lambda `(value, ctx)` that is written by hand. */
  expression(stream: Pick<GeneratedStream, 'key' | 'value'>, type: ValueKind, value: string): string {
    const bindings = [
      { text: value, type: stream.value },
      { text: 'ctx.key', type: stream.key },
    ]
    return new Expressions(this.choose, { bindings, captured: this.captured, context: true }).of(type, 2)
  }

  /** `, { onError: … }` or nothing. */
  errorOption(): string {
    const [option] = this.errorOptions()
    return option === undefined ? '' : `, { ${option} }`
  }

  /** For operators that have other options, too. */
  errorOptions(): readonly string[] {
    return this.choose.oneIn(6) ? [`onError: ${this.errorPolicy()}`] : []
  }

  errorPolicy(): string {
    return this.choose.pick(["'skip'", `deadLetter('${this.topic('dead')}')`, "'fail'"])
  }

  /** Declares a stream and says what it carries. */
  declare(prefix: string, expression: string, stream: Omit<GeneratedStream, 'name'>): GeneratedStream {
    const declared = { ...stream, name: this.fresh(prefix) }
    this.lines.push(`const ${declared.name} = ${expression}`)
    this.streams.push(declared)
    return declared
  }
}

const MAX_OPERATORS = 7

export function makePlan(name: string, choose: Chooser): GeneratedPlan {
  const builder = new PlanBuilder(name, choose)
  for (let count = choose.oneIn(5) ? 2 : 1; count > 0; count--) makeSource(builder)
  for (let count = choose.below(MAX_OPERATORS); count > 0; count--) makeOperator(builder)
  makeSinks(builder)
  const { sources, subjects, long } = builder
  return { name, text: fileText(builder), sources, subjects, long }
}

function makeSource(builder: PlanBuilder): void {
  const { choose } = builder
  const topic = builder.topic(builder.fresh('in'))
  const [keyNullable, valueNullable] = [choose.oneIn(4), choose.oneIn(4)]
  const { type, value, serde } = choose.oneIn(4) ? plainValue(builder) : avroValue(builder, topic, valueNullable)
  builder.sources.push({ topic, value, keyNullable, valueNullable })
  const types = { key: optional(STRING, keyNullable), value: optional(type, valueNullable) }
  const options = [`key: ${keyNullable ? 'nullable(string())' : 'string()'}`]
  if (serde !== undefined) options.push(`value: ${valueNullable ? `nullable(${serde})` : serde}`)
  if (choose.oneIn(4)) {
    const time = builder.lambda({ value: types.value, key: undefined }, (expressions) =>
      choose.oneIn(4) ? expressions.number(1) : `Math.trunc(Math.abs(${expressions.number(1)})) % 4e12`,
    )
    options.push(`timestamp: ${time}`)
  }
  const subject = value.kind === 'avro' ? value.subject : undefined
  builder.declare('s', `p.stream(topic('${topic}', { ${options.join(', ')} }))`, { ...types, subject })
}

interface MadeValue {
  readonly type: ValueKind
  readonly value: SourceValue
  /** undefined: that of the lock. */
  readonly serde: string | undefined
}

function avroValue(builder: PlanBuilder, topic: string, nullable: boolean): MadeValue {
  const subject = `${topic}-value`
  const type = makeRecord(builder.choose, builder.maker, builder.long)
  builder.subjects.set(subject, evolve(builder.choose, recordSchema(type)))
  const serde = nullable ? `avro({ subject: '${subject}' })` : undefined
  return { type, value: { kind: 'avro', subject }, serde }
}

function plainValue(builder: PlanBuilder): MadeValue {
  const kind = builder.choose.pick(['json', 'string', 'double'] as const)
  const type = kind === 'json' ? jsonRecord(builder.choose) : kind === 'string' ? STRING : DOUBLE
  return { type, value: { kind, type }, serde: kind === 'json' ? `json<${typeText(type)}>()` : `${kind}()` }
}

function optional(type: ValueKind, nullable: boolean): ValueKind {
  return nullable ? { kind: 'nullable', inner: type } : type
}

function fileText(builder: PlanBuilder): string {
  const { name, choose, lines } = builder
  const policy = builder.errorPolicy()
  const factor = choose.pick(['3', '0.5', '-1'])
  const body = [
    `export const ${name} = pipeline('${name}', { onError: ${policy} }, (p) => {`,
    `const factor: number = ${factor}`,
    `const prefix: string = 'p:'`,
    `const config: { rate: number } = { rate: 2 }`,
    ...lines,
    '})',
  ].join('\n')
  const used = (names: readonly string[]): string => names.filter((n) => new RegExp(`\\b${n}\\b`).test(body)).join(', ')
  const millrace = used([
    'avro',
    'collect',
    'count',
    'deadLetter',
    'double',
    'hopping',
    'json',
    'nullable',
    'otherwise',
    'pipeline',
    'session',
    'sliding',
    'string',
    'topic',
    'tumbling',
  ])
  const helpers = used(['isBig', 'limits', 'scaled', 'shout'])
  return [
    `import { ${millrace} } from 'millrace'`,
    ...(helpers === '' ? [] : [`import { ${helpers} } from './helpers.js'`]),
    '',
    body,
    '',
  ].join('\n')
}

/** The author's other file. */
export const HELPERS_TEXT = `export const limits: readonly number[] = [1, 2, 100]

export function scaled(n: number): number {
  const offset = 0.25
  return n * 2 + offset
}

export const shout = (text: string): string => \`\${text}!\`

export function isBig(n: number): boolean {
  if (n < 0) return false
  return n > 1000 || limits.includes(n)
}
`
