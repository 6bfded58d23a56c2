/** What a function and its writes look at of the input: all else is checked, not kept. */
import type { MirExpression, MirFunction } from '../ir/mir.js'
import { visitBody, visitExpression, type Visitor } from '../ir/mir-visit.js'
import type { Encode, ModuleIR, WritePart } from '../ir/module-ir.js'

export interface Uses {
  /** Ids of fields. */
  readonly used: ReadonlySet<number>
  /** Whether the bytes of the value's datum are copied. */
  readonly copied: boolean
}

export function usesOf(fn: MirFunction, writes: ModuleIR['writes'], seeks: ModuleIR['seeks']): Uses {
  const used = new Set<number>()
  let copied = false
  const inExpression = (node: MirExpression | undefined): void => {
    if (node !== undefined) visitExpression(node, visitor)
  }
  const inPart = (part: WritePart | undefined): void => {
    switch (part?.kind) {
      case undefined:
      case 'null':
        return
      case 'span':
        inExpression(part.present)
        return
      case 'datum':
        copied = true
        inExpression(part.present)
        return
      case 'text':
        used.add(part.field)
        return
      case 'encoded':
        inExpression(part.present)
        inEncode(part.encode)
    }
  }
  const inEncode = (encode: Encode): void => {
    switch (encode.kind) {
      case 'sequence':
        encode.parts.forEach(inEncode)
        return
      case 'choice':
        inExpression(encode.test)
        inEncode(encode.then)
        inEncode(encode.otherwise)
        return
      case 'text-span':
        used.add(encode.field)
        return
      case 'join':
        for (const part of encode.parts) {
          if (part.kind === 'field') used.add(part.field)
          if (part.kind === 'value') inExpression(part.value)
        }
        return
      case 'bytes':
        return
      default:
        inExpression(encode.value)
    }
  }
  const visitor: Visitor = {
    expression: (node) => {
      if (node.kind === 'field') used.add(node.field)
    },
    statement: (node) => {
      if (node.kind === 'seek') inPart(seeks.get(node.seek))
      if (node.kind !== 'emit') return
      const plan = writes.get(node.emit)
      inPart(plan?.key)
      inPart(plan?.value)
    },
  }
  visitBody(fn.timestamp?.body ?? [], visitor)
  inExpression(fn.timestamp?.result)
  visitBody(fn.body, visitor)
  for (const { body } of fn.subroutines) visitBody(body, visitor)
  return { used, copied }
}
