/** Collects the nodes of one pipeline while its builder runs. */
import { PipelineError } from '../errors.js'
import { checkName } from '../names.js'
import { errorPolicy } from '../on-error.js'
import type { Arguments } from './arguments.js'
import type { CallSite } from './call-site.js'
import type { ErrorPolicy, GraphNode } from './graph.js'
import { storeOf } from './store-option.js'

type NodeData = GraphNode extends infer Node ? (Node extends GraphNode ? Omit<Node, keyof Common> : never) : never
interface Common {
  readonly id: number
  readonly name: string | undefined
  readonly site: CallSite | undefined
  readonly onError: ErrorPolicy | undefined
  readonly store: 'disk' | undefined
}

export class Recorder {
  readonly pipeline: string
  readonly #nodes: GraphNode[] = []
  readonly #names = new Set<string>()
  #open = true

  constructor(pipeline: string) {
    this.pipeline = pipeline
  }

  /** Adds a node; `name`, `onError` and `store` are taken from the operator's options. */
  add(data: NodeData, args: Arguments, options: Readonly<Record<string, unknown>> = {}): number {
    this.assertOpen(args)
    const id = this.#nodes.length
    const common: Common = {
      id,
      name: this.#name(options['name'], args),
      site: args.site,
      onError: options['onError'] === undefined ? undefined : errorPolicy(options['onError'], args.site),
      store: storeOf(options['store'], args),
    }
    this.#nodes.push({ ...data, ...common })
    return id
  }

  node(id: number): GraphNode {
    const node = this.#nodes[id]
    if (node === undefined) throw new RangeError(`pipeline ${this.pipeline} has no node ${id}`)
    return node
  }

  assertOpen(args: Arguments): void {
    if (this.#open) return
    throw new PipelineError(
      'MR1204',
      `\`${args.callee}\` is called after the builder of '${this.pipeline}' has ended`,
      {
        site: args.site,
        help: 'call operators in the body of the builder only, not in lambdas, timers or after an `await`',
      },
    )
  }

  close(): readonly GraphNode[] {
    this.#open = false
    return this.#nodes
  }

  #name(name: unknown, args: Arguments): string | undefined {
    if (name === undefined) return undefined
    const checked = checkName(name, 'operator', 100, args.site)
    if (this.#names.has(checked)) {
      throw new PipelineError('MR1212', `two operators of '${this.pipeline}' are named '${checked}'`, {
        site: args.site,
      })
    }
    this.#names.add(checked)
    return checked
  }
}
