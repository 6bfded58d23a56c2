/**
 * Whether a lambda can neither throw nor be noticed on data that is valid. An allow-list: it looks at fields that are
 * there, compares, and computes with numbers, strings and booleans. Records that came as JSON were never checked against
 * their type, so nothing is known of them.
 */
import type { Expression, Lambda, Statement } from '../ir/lambda.js'
import { placeOf, type PlaceId } from '../ir/exchange.js'
import { isSource } from '../ir/inputs-of.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'

export class Harmless {
  readonly #typesHold: boolean

  constructor(plan: ResolvedPlan) {
    const sources = new Set<PlaceId>(plan.nodes.filter(isSource).map(({ id }) => placeOf(id)))
    const serdes = [...plan.topics].filter(([id]) => sources.has(id)).map(([, topic]) => topic)
    this.#typesHold = serdes.every(({ key, value }) => key.kind !== 'json' && value.kind !== 'json')
  }

  lambda(lambda: Lambda | undefined): boolean {
    return lambda !== undefined && lambda.opaque === undefined && lambda.body.every(this.#statement)
  }

  readonly #statement = (node: Statement): boolean => {
    switch (node.kind) {
      case 'let':
        return node.init === undefined || this.#expression(node.init)
      case 'return':
        return node.value === undefined || this.#expression(node.value)
      case 'if':
        return this.#expression(node.test) && node.then.every(this.#statement) && node.otherwise.every(this.#statement)
      default:
        return false
    }
  }

  readonly #expression = (node: Expression): boolean => {
    switch (node.kind) {
      case 'literal':
      case 'local':
      case 'capture':
        return true
      case 'member':
        return this.#typesHold && this.#expression(node.object) && (node.optional || node.object.type.kind === 'record')
      case 'unary':
        return node.operator === '!' ? this.#expression(node.operand) : this.#scalar(node.operand)
      case 'binary':
        return this.#scalar(node.left) && this.#scalar(node.right) && !relational.has(node.operator)
      case 'logical':
        return this.#expression(node.left) && this.#expression(node.right)
      case 'conditional':
        return [node.test, node.then, node.otherwise].every(this.#expression)
      case 'template':
        return node.expressions.every(this.#scalar)
      case 'object':
        return node.members.every((item) => item.kind === 'property' && this.#expression(item.value))
      default:
        return false
    }
  }

  /** Numbers, strings and booleans: of all others, even arithmetic can throw. */
  readonly #scalar = (node: Expression): boolean => {
    const types = node.type.kind === 'union' ? node.type.types : [node.type]
    const isScalar = types.every((type) =>
      type.kind === 'literal' ? typeof type.value !== 'bigint' : scalars.has(type.kind),
    )
    return isScalar && this.#typesHold && this.#expression(node)
  }
}

const relational: ReadonlySet<string> = new Set(['in', 'instanceof'])
const scalars: ReadonlySet<string> = new Set(['null', 'undefined', 'boolean', 'number', 'string'])
