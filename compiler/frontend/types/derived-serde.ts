/** Avro serdes for types that no subject of the lock describes. */
import { schemaFingerprint } from '../../../avro/fingerprint.js'
import { isError, type Diagnostic, type PassResult } from '../../diagnostics/diagnostic.js'
import { noAvroForm, openType } from '../../diagnostics/types.js'
import { derivedVersion, type ResolvedSerde } from '../../ir/resolved-plan.js'
import type { Span } from '../../ir/span.js'
import type { RecordTypes, ValueType } from '../../ir/value-type.js'
import { deriveSchema } from '../../types/derive-schema.js'

export interface DerivedSerde {
  readonly subject: string
  readonly type: ValueType
  /** Of the record at the root, where its type has none. */
  readonly name: string
  readonly nullable: boolean
  readonly records: RecordTypes
  readonly span: Span | undefined
}

export function derivedSerde({
  subject,
  type,
  name,
  nullable,
  records,
  span,
}: DerivedSerde): PassResult<ResolvedSerde> {
  if (type.kind === 'opaque' && type.reason === 'open type parameter') {
    return { value: undefined, diagnostics: [openType(name, type.text, span)] }
  }
  const { value: schema, diagnostics } = deriveSchema(type, { name, namespace: '', records, span })
  const found: Diagnostic[] = [...diagnostics]
  const longs = longKinds(type, records)
  if (longs.size > 1) found.push(noAvroForm(name, 'both bigint and Long stand for Avro longs: use one of them', span))
  if (schema === undefined || found.some(isError)) return { value: undefined, diagnostics: found }
  // No registry holds it yet: it is its own only version.
  const writers = [{ version: derivedVersion, fingerprint: schemaFingerprint(schema), schema }]
  const long = longs.has('bigint') ? 'bigint' : 'number'
  return { value: { kind: 'avro', subject, schema, long, writers, nullable }, diagnostics: found }
}

const longBrands: ReadonlySet<string | undefined> = new Set(['long', 'timestamp-micros', 'time-micros'])

/** Whether longs are bigint, numbers, or (wrongly) both. */
function longKinds(root: ValueType, records: RecordTypes): ReadonlySet<'bigint' | 'number'> {
  const found = new Set<'bigint' | 'number'>()
  const seen = new Set<string>()
  const visit = (type: ValueType): void => {
    if (type.kind === 'bigint' || (type.kind === 'literal' && typeof type.value === 'bigint')) found.add('bigint')
    else if (type.kind === 'number' && longBrands.has(type.brand)) found.add('number')
    else if (type.kind === 'array') visit(type.items)
    else if (type.kind === 'map') visit(type.values)
    else if (type.kind === 'union') type.types.forEach(visit)
    else if (type.kind === 'record' && !seen.has(type.name)) {
      seen.add(type.name)
      for (const field of records.get(type.name)?.fields ?? []) visit(field.type)
    }
  }
  visit(root)
  return found
}
