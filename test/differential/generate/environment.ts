/** What a generated lambda can mention, and which of it has a wanted type. */
import type { ValueKind } from './value-kind.js'

export interface Binding {
  readonly text: string
  readonly type: ValueKind
}

export interface Environment {
  /** Variables in scope: parameters, destructured fields, constants of the body. */
  readonly bindings: readonly Binding[]
  /** Constants of the builder. */
  readonly captured: readonly Binding[]
  /** Whether the lambda has a parameter `ctx`. */
  readonly context: boolean
}

const MAX_PATH = 3

/** Every path from the bindings down to values: `o.address?.city` is nullable when a part of the way is. */
export function paths(environment: Environment): readonly Binding[] {
  const found: Binding[] = []
  const visit = (binding: Binding, depth: number): void => {
    found.push(binding)
    const { text, type } = binding
    const optional = type.kind === 'nullable'
    const record = optional ? type.inner : type
    if (record.kind !== 'record' || depth === MAX_PATH) return
    for (const field of record.fields) {
      const inner = optional ? nullableOf(field.type) : field.type
      if (inner !== undefined) visit({ text: `${text}${optional ? '?.' : '.'}${field.name}`, type: inner }, depth + 1)
    }
  }
  for (const binding of environment.bindings) visit(binding, 0)
  found.push(...environment.captured)
  // What was narrowed stands before what it was narrowed from.
  return found.filter(({ text }, index) => found.findIndex((other) => other.text === text) === index)
}

/** `x?.y` is undefined where `x` is null: only what is compared or defaulted afterwards may have that type. */
function nullableOf(type: ValueKind): ValueKind | undefined {
  if (type.kind === 'passed') return undefined
  return type.kind === 'nullable' ? type : { kind: 'nullable', inner: type }
}

export function sameKind(a: ValueKind, b: ValueKind): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'nullable' && b.kind === 'nullable') return sameKind(a.inner, b.inner)
  if (a.kind === 'array' && b.kind === 'array') return sameKind(a.items, b.items)
  if (a.kind === 'number') return true
  return a.kind === 'string' || a.kind === 'boolean' || a.kind === 'date' ? true : a === b
}
