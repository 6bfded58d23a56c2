/**
 * Serdes of the topics that a plan reads and writes, with their schemas: from the lock, or derived from the type that
 * the author gave to `avro<T>()`. What does not fit is found here.
 */
import { ts } from 'ts-morph'
import type { AvroSerdeSpec, JsonSerdeSpec, SerdeSpec } from '../../../dsl/model/serde-spec.js'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { unknownSubject } from '../../diagnostics/types.js'
import type { LogicalTopic } from '../../ir/logical-plan.js'
import type { ResolvedSerde, ResolvedTopic } from '../../ir/resolved-plan.js'
import type { Span } from '../../ir/span.js'
import type { ValueType } from '../../ir/value-type.js'
import { checkSink } from '../../types/check-sink.js'
import { checkSource } from '../../types/check-source.js'
import { jsonLongs } from '../../types/json-longs.js'
import type { QuotedProgram } from '../quote.js'
import type { ClosedPlan } from '../resolve-closures.js'
import { siteSpan } from '../staging/to-plan.js'
import { derivedSerde } from './derived-serde.js'
import type { LockedSubject, LockedSubjects } from './locked-subjects.js'
import { pascalCase } from './pascal-case.js'
import { mostSimilar } from './similar.js'
import { withoutNull } from './without-null.js'

type Role = 'key' | 'value'
type Direction = 'read' | 'written'

export class TopicSerdes {
  readonly diagnostics: Diagnostic[] = []
  readonly #quoted: QuotedProgram
  readonly #closed: ClosedPlan
  readonly #locked: LockedSubjects

  constructor(quoted: QuotedProgram, closed: ClosedPlan, locked: LockedSubjects) {
    this.#quoted = quoted
    this.#closed = closed
    this.#locked = locked
  }

  /** undefined when something is wrong; the diagnostics say what. */
  resolve(topic: LogicalTopic, direction: Direction): ResolvedTopic | undefined {
    const key = this.#serde(topic, 'key', direction)
    const value = this.#serde(topic, 'value', direction)
    return key === undefined || value === undefined ? undefined : { key, value }
  }

  /** Of a topic of our own whose serde is the author's: the changelog of a store, or where repartitioned records go. */
  ofInternal(spec: SerdeSpec, name: string, role: Role, span: Span | undefined): ResolvedSerde | undefined {
    const topic = { name, key: undefined, value: undefined, timestamp: undefined, span }
    return this.#declared(spec, topic, role, 'read', false)
  }

  #serde(topic: LogicalTopic, role: Role, direction: Direction): ResolvedSerde | undefined {
    const spec = topic[role]
    if (spec !== undefined) return this.#declared(spec, topic, role, direction, false)
    const subject = `${topic.name}-${role}`
    const locked = this.#locked.get(subject)
    if (locked !== undefined) return resolvedFrom(subject, locked)
    if (role === 'key') return { kind: 'string', nullable: true }
    this.diagnostics.push(this.#unknown(topic.name, subject, topic.span))
    return undefined
  }

  #declared(
    spec: SerdeSpec,
    topic: LogicalTopic,
    role: Role,
    direction: Direction,
    nullable: boolean,
  ): ResolvedSerde | undefined {
    if (spec.kind === 'nullable') return this.#declared(spec.inner, topic, role, direction, true)
    if (spec.kind === 'json') return this.#json(spec, topic, role, direction, nullable)
    if (spec.kind !== 'avro') return { kind: spec.kind, nullable }
    const subject = spec.subject ?? `${topic.name}-${role}`
    const span = siteSpan(this.#quoted, spec.site) ?? topic.span
    const name = spec.subject === undefined && role === 'value' ? pascalCase(topic.name) : pascalCase(subject)
    const type = this.#typeArgument(spec, name)
    const locked = this.#locked.get(subject)
    if (locked === undefined) {
      return type === undefined
        ? this.#missing(topic, subject, span)
        : this.#derived(subject, type, name, nullable, span)
    }
    const serde = resolvedFrom(subject, locked, nullable)
    if (type !== undefined) this.#check(serde, withoutNull(type), name, direction, span)
    return serde
  }

  /** Who writes needs no type, since a bigint is its digits; tests read what was written. */
  #json(spec: JsonSerdeSpec, topic: LogicalTopic, role: Role, direction: Direction, nullable: boolean): ResolvedSerde {
    const name = role === 'value' ? pascalCase(topic.name) : pascalCase(`${topic.name}-key`)
    const type = this.#typeArgument(spec, name)
    if (type === undefined) return { kind: 'json', nullable }
    const span = siteSpan(this.#quoted, spec.site) ?? topic.span
    const { value: longs, diagnostics } = jsonLongs(type, { name, records: this.#closed.reader.recordTypes, span })
    if (direction === 'read') this.diagnostics.push(...diagnostics)
    return { kind: 'json', longs, nullable }
  }

  /** T of `avro<T>()` or `json<T>()`; undefined where it was left out. */
  #typeArgument(spec: AvroSerdeSpec | JsonSerdeSpec, hint: string): ValueType | undefined {
    const call = this.#quoted.sites.get(spec.site?.id)
    if (call === undefined || spec.site === undefined) return undefined
    const { checker } = this.#quoted.source
    const serde = checker.getTypeAtLocation(call)
    const [type] = checker.getTypeArguments(serde as ts.TypeReference)
    if (type === undefined || (type.flags & ts.TypeFlags.Never) !== 0) return undefined
    return this.#closed.reader.read(type, this.#closed.scopes.at(spec.site.frames), hint)
  }

  #missing(topic: LogicalTopic, subject: string, span: Span | undefined): undefined {
    this.diagnostics.push(this.#unknown(topic.name, subject, span))
    return undefined
  }

  #unknown(topic: string, subject: string, span: Span | undefined): Diagnostic {
    const similar = mostSimilar(subject, [...this.#locked.keys()])
    return unknownSubject({ topic, subject, similar, locked: this.#locked.size }, span)
  }

  #derived(
    subject: string,
    written: ValueType,
    name: string,
    nullable: boolean,
    span: Span | undefined,
  ): ResolvedSerde | undefined {
    const type = nullable ? withoutNull(written) : written
    const records = this.#closed.reader.recordTypes
    const { value, diagnostics } = derivedSerde({ subject, type, name, nullable, records, span })
    this.diagnostics.push(...diagnostics)
    return value
  }

  #check(
    serde: Extract<ResolvedSerde, { kind: 'avro' }>,
    type: ValueType,
    name: string,
    direction: Direction,
    span: Span | undefined,
  ): void {
    const check = {
      subject: serde.subject,
      schema: serde.schema,
      long: serde.long,
      records: this.#closed.reader.recordTypes,
      span,
      name,
    }
    this.diagnostics.push(...(direction === 'read' ? checkSource(type, check) : checkSink(type, check)))
  }
}

function resolvedFrom(
  subject: string,
  { versions, long }: LockedSubject,
  nullable = false,
): Extract<ResolvedSerde, { kind: 'avro' }> {
  const latest = versions.at(-1)
  if (latest === undefined) throw new Error(`subject ${subject} of the lock has no versions`)
  return { kind: 'avro', subject, schema: latest.schema, long, writers: versions, nullable }
}
