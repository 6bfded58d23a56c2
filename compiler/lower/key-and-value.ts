import type { MirExpression } from '../ir/mir.js'
import { helper } from '../ir/mir-build.js'

/** An object with a key and a value, checked where it is not seen to be one. */
export function keyAndValue(result: MirExpression): MirExpression {
  return hasKeyAndValue(result) ? result : helper('keyAndValue', [result], { type: result.type, span: result.span })
}

function hasKeyAndValue(result: MirExpression): boolean {
  if (result.kind !== 'object') return false
  const names = result.members.map((item) => (item.kind === 'property' ? item.name : undefined))
  return names.includes('key') && names.includes('value')
}
