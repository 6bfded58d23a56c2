/** What all functions of a program share while it is lowered: constants, links and opaque functions, each once. */
import type { CapturedValue } from '../ir/captured-value.js'
import type { FunctionText, Lambda, ModuleLink } from '../ir/lambda.js'
import type { LambdaId } from '../ir/logical-plan.js'
import type { ConstantValue, MirConstant, MirLink, MirProgram, OpaqueFunction } from '../ir/mir.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'

export class ProgramBuilder {
  readonly #constants: MirConstant[] = []
  readonly #constantOf = new Map<CapturedValue, number>()
  readonly #links: MirLink[] = []
  readonly #opaques: OpaqueFunction[] = []
  readonly #opaqueOf = new Map<LambdaId, number>()
  #emits = 0

  constructor(readonly plan: ResolvedPlan) {}

  lambda(id: LambdaId): Lambda {
    const lambda = this.plan.bodies.get(id)
    if (lambda === undefined) throw new Error(`lambda ${id} has no body`)
    return lambda
  }

  /** Identity is kept: one captured object, one constant. */
  constant(name: string, value: CapturedValue, owner: Lambda): number {
    const known = this.#constantOf.get(value)
    if (known !== undefined) return known
    const constant = this.#constantValue(name, value, owner)
    const index = this.#constants.push({ name, value: constant }) - 1
    this.#constantOf.set(value, index)
    return index
  }

  link(link: ModuleLink): number {
    const same = this.#links.findIndex((other) => other.module === link.module && other.exported === link.name)
    if (same >= 0) return same
    return this.#links.push({ name: link.local, module: link.module, exported: link.name }) - 1
  }

  /** The author's function as it is, with its captured values. */
  opaque(lambda: Lambda): number {
    const known = this.#opaqueOf.get(lambda.id)
    if (known !== undefined) return known
    const index = this.#addOpaque(
      `lambda${lambda.id}`,
      { file: lambda.span.file, span: lambda.span, text: lambda.text },
      lambda.captures,
      lambda,
    )
    this.#opaqueOf.set(lambda.id, index)
    return index
  }

  /** A constant that is the author's function. */
  functionConstant(lambda: Lambda): number {
    const opaque = this.opaque(lambda)
    const known = this.#constants.findIndex(({ value }) => value.kind === 'opaque' && value.opaque === opaque)
    if (known >= 0) return known
    return this.#constants.push({ name: `lambda${lambda.id}`, value: { kind: 'opaque', opaque } }) - 1
  }

  nextEmit(): number {
    return this.#emits++
  }

  finish(functions: MirProgram['functions']): MirProgram {
    return { functions, constants: this.#constants, links: this.#links, opaques: this.#opaques }
  }

  #constantValue(name: string, value: CapturedValue, owner: Lambda): ConstantValue {
    switch (value.kind) {
      case 'primitive':
      case 'date':
      case 'regexp':
      case 'bytes':
        return value
      case 'array':
      case 'set':
        return { kind: value.kind, items: value.items.map((item) => this.constant(name, item, owner)) }
      case 'object':
        return { kind: 'object', entries: value.entries.map(([key, item]) => [key, this.constant(key, item, owner)]) }
      case 'map':
        return {
          kind: 'map',
          entries: value.entries.map(([key, item]) => [
            this.constant(name, key, owner),
            this.constant(name, item, owner),
          ]),
        }
      case 'import':
        return { kind: 'link', link: this.link({ local: name, module: value.module, name: value.name }) }
      case 'lambda':
        return { kind: 'opaque', opaque: this.#capturedLambda(name, value, owner) }
    }
  }

  #addOpaque(name: string, text: FunctionText, captures: Lambda['captures'], owner: Lambda): number {
    const constants = [...captures].map(([capture, value]) => ({
      name: capture,
      constant: this.constant(capture, value, owner),
    }))
    return this.#opaques.push({ name, ...text, captures: constants }) - 1
  }

  #capturedLambda(name: string, value: Extract<CapturedValue, { kind: 'lambda' }>, owner: Lambda): number {
    const text = owner.functions.get(value.site)
    if (text === undefined) throw new Error(`the text of the captured function ${name} is not known`)
    return this.#addOpaque(name, text, value.captures, owner)
  }
}
