/** The case format, version 1, as TypeScript types: what the translator and the runner read. */

export interface Case {
  readonly name: string
  readonly intent: string
  readonly tags?: readonly string[]
  readonly sources: readonly CaseSource[]
  readonly ops: readonly CaseOperator[]
  readonly sinks: readonly { readonly in: string; readonly topic: string }[]
  readonly inputs: readonly CaseInput[]
  readonly types: Readonly<Record<string, NodeTypes>>
  readonly expected: readonly ExpectedRecord[]
  readonly expectedError?: { readonly atInput: number; readonly class: string }
  readonly longRetentionExpected?: readonly ExpectedRecord[]
  /** null: it cannot be dumped. */
  readonly expectedStores?: Readonly<Record<string, readonly StoredRow[] | null>>
}

export interface CaseSource {
  readonly id: string
  readonly kind: 'stream' | 'table' | 'globalTable'
  readonly topic: string
  readonly keyType: CaseType
  readonly valueType: CaseType
  readonly timestampField?: string
  readonly store?: string
  readonly versionedRetentionMs?: number
}

/** Fields besides these depend on `op`; each operator's translator knows its own. */
export interface CaseOperator {
  readonly id: string
  readonly op: string
  readonly [field: string]: unknown
}

export type CaseInput =
  | { readonly topic: string; readonly key: CaseValue; readonly value: CaseValue; readonly ts: number }
  | { readonly advanceWallClockMs: number }

export interface NodeTypes {
  readonly kind: string
  readonly key: CaseType
  readonly value: CaseType
}

export interface ExpectedRecord {
  readonly afterInput: number
  readonly topic: string
  readonly key: CaseValue
  readonly value: CaseValue
  readonly timestamp: number
}

export interface StoredRow {
  readonly key: CaseValue
  readonly value: CaseValue
}

/** A value as it stands in a case file; `{"$long": …}` and `{"$double": …}` are tagged numbers. */
export type CaseValue = null | boolean | number | string | readonly CaseValue[] | { readonly [name: string]: CaseValue }

export type CaseType =
  | 'string'
  | 'long'
  | 'double'
  | 'boolean'
  | 'null'
  | 'never'
  | { readonly obj: Readonly<Record<string, CaseType>> }
  | { readonly arr: CaseType }
  | { readonly opt: CaseType }
  | { readonly windowed: CaseType }

/** `["op", …]`; what follows depends on the operator. */
export type CaseExpression = readonly [string, ...unknown[]]

export class NotYetError extends Error {
  override readonly name = 'NotYetError'

  constructor(operator: string) {
    super(`not yet: ${operator}`)
  }
}
