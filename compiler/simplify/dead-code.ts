/** Values that nobody reads, where making them can neither fail nor be noticed; branches without content. */
import type { MirExpression, MirLocal, MirLocalId, MirStatement } from '../ir/mir.js'
import { statement } from '../ir/mir-build.js'
import { isPure } from '../ir/mir-purity.js'
import { mapStatement } from '../ir/mir-visit.js'
import { usageOf, type LocalUsage } from './usage.js'

type Locals = ReadonlyMap<MirLocalId, MirLocal>

export function removeDeadCode(body: readonly MirStatement[], locals: Locals): readonly MirStatement[] {
  return clean(body, locals, usageOf(body))
}

function clean(
  body: readonly MirStatement[],
  locals: Locals,
  usage: ReadonlyMap<MirLocalId, LocalUsage>,
): readonly MirStatement[] {
  const inBody = (statements: readonly MirStatement[]): readonly MirStatement[] => clean(statements, locals, usage)
  return body.flatMap((node): readonly MirStatement[] => {
    const next = mapStatement(node, (value) => value, inBody)
    switch (next.kind) {
      case 'let':
        return isRead(next.local, usage) ? [next] : effectOf(next.init, locals, next)
      case 'assign':
        return isRead(next.local, usage) ? [next] : effectOf(next.value, locals, next)
      case 'expression':
        return isPure(next.value, locals) ? [] : [next]
      case 'if':
        if (next.then.length > 0 || next.otherwise.length > 0) return [next]
        return effectOf(next.test, locals, next)
      case 'block':
        return next.body.length === 0 ? [] : [next]
      default:
        return [next]
    }
  })
}

function isRead(local: MirLocalId, usage: ReadonlyMap<MirLocalId, LocalUsage>): boolean {
  return (usage.get(local)?.reads ?? 0) > 0
}

function effectOf(value: MirExpression | undefined, locals: Locals, node: MirStatement): readonly MirStatement[] {
  if (value === undefined || isPure(value, locals)) return []
  return [statement({ kind: 'expression', value }, node.span)]
}
