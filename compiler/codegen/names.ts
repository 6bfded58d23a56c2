/** Names in generated code. Those of the author get a `$` and a number, so that no two can meet. */
import type { RowsPort } from '../ir/resolved-plan.js'
import type { Field } from '../ir/module-ir.js'
import { Name } from './code.js'

/** What is left of any text as the beginning of an identifier. */
export function identifier(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, 40)
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`
}

export function numbered(text: string, number: number): Name {
  return new Name(`${identifier(text)}$${number}`)
}

/** Field of the task that holds the kernel of a stateful operator. */
export function kernelName({ operator, port }: { readonly operator: number; readonly port: RowsPort }): Name {
  const which = ['', 'right', 'result', 'subscriptions', 'lifetimes'][port] ?? ''
  return new Name(`state${operator}${which}`)
}

/** Locals of a field: a number or value, or start, end and string of a text. */
export function fieldName(field: Field, suffix: '' | 'Start' | 'End' | 'Text' = ''): Name {
  return new Name(`${identifier(field.name)}${suffix}$f${field.id}`)
}

/** Variables of the record loop that expressions of the author may surround. */
export const variables = {
  buffer: new Name('buffer$'),
  view: new Name('view$'),
  keyBuffer: new Name('keyBuffer$'),
  keyView: new Name('keyView$'),
  valueBuffer: new Name('valueBuffer$'),
  valueView: new Name('valueView$'),
  timestamp: new Name('timestamp$'),
  offset: new Name('offset$'),
  headersStart: new Name('headersStart$'),
  next: new Name('next$'),
  operator: new Name('operator$'),
  serial: new Name('serial$'),
  outputs: new Name('outputs$'),
  scratch: new Name('scratch$'),
  keyFrom: new Name('keyFrom$'),
  keyTo: new Name('keyTo$'),
  valueFrom: new Name('valueFrom$'),
  valueTo: new Name('valueTo$'),
  datum: new Name('datum$'),
  datumEnd: new Name('datumEnd$'),
  p: new Name('p$'),
  n: new Name('n$'),
} as const

/** What code of an operator may mention of the record loop around it. */
export const loopVariables: readonly Name[] = Object.entries(variables)
  .filter(([name]) => !['operator', 'p', 'n'].includes(name))
  .map(([, name]) => name)
