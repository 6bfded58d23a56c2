/** Locals and labels of the function that is being built: fresh ones, never reused. */
import type { LabelId, MirExpression, MirLocal, MirLocalId, MirStatement } from '../ir/mir.js'
import { letStatement, local } from '../ir/mir-build.js'

export class FunctionBuilder {
  readonly locals = new Map<MirLocalId, MirLocal>()
  #labels = 0

  local(name: string, mutable = false): MirLocalId {
    const id = this.locals.size
    this.locals.set(id, { id, name, mutable })
    return id
  }

  label(): LabelId {
    return this.#labels++
  }

  /** An expression without effects that always gives the same value, so that it may be mentioned several times. */
  atom(value: MirExpression, name: string, out: MirStatement[]): MirExpression {
    if (isStable(value, this.locals)) return value
    const id = this.local(name)
    out.push(letStatement(id, value, value.span))
    return local(id, value.type)
  }
}

/** Evaluating it again, or later, gives the same and does nothing. */
export function isStable(value: MirExpression, locals: ReadonlyMap<MirLocalId, MirLocal>): boolean {
  switch (value.kind) {
    case 'literal':
    case 'input':
    case 'context':
    case 'constant':
    case 'global':
      return true
    case 'local':
      return locals.get(value.local)?.mutable === false
    default:
      return false
  }
}
