/**
 * Which filters of tables say nothing of rows that never passed: those that know what a row was before. Kafka Streams
 * decides it while the topology is declared, step by step, and so does this (KTableImpl.enableSendingOldValues): a table
 * tells old values from when somebody behind it wants them, a source only where it has a store by then.
 */

/** What has to be known of an operator, whether it comes from a recorded graph or from a plan. */
export interface TableOperator {
  readonly id: number
  readonly kind: string
  readonly inputs: readonly number[]
  /** With a name, a filter, a map or a join has a store. */
  readonly isNamed: boolean
  /** Of joins. */
  readonly join: string | undefined
}

/** Ids of the filters; `nodes` in order of declaration. */
export function silentFilters(nodes: readonly TableOperator[]): ReadonlySet<number> {
  const declaration = new Declaration(new Map(nodes.map((node) => [node.id, node])))
  for (const node of nodes) declaration.declare(node)
  return new Set(
    nodes.filter(({ id, kind }) => kind === 'table-filter' && declaration.telling.has(id)).map(({ id }) => id),
  )
}

class Declaration {
  /** Tables that tell what their rows were. */
  readonly telling = new Set<number>()
  /** Sources with a store. */
  readonly #stored = new Set<number>()
  readonly #nodes: ReadonlyMap<number, TableOperator>

  constructor(nodes: ReadonlyMap<number, TableOperator>) {
    this.#nodes = nodes
  }

  declare({ id, kind, inputs, isNamed, join }: TableOperator): void {
    const [left = -1, right = -1] = inputs
    switch (kind) {
      case 'table-source':
      case 'to-table':
        if (isNamed) this.#stored.add(id)
        return
      case 'table-filter':
        if (this.#tell(left, false)) this.telling.add(id)
        return
      case 'group-table':
      case 'suppress':
        this.#tell(left, true)
        return
      case 'table-join':
        if (join !== 'inner') this.#tell(left, true)
        if (join === 'outer') this.#tell(right, true)
        this.#store(left)
        this.#store(right)
        return
      case 'foreign-key-join':
        if (isNamed) this.#stored.add(id)
        this.#tell(right, true)
        this.#tell(left, true)
        return
      case 'stream-table-join':
        this.#store(right)
    }
  }

  /** Somebody wants old values of a table; `force`: whatever it takes. Whether it tells them. */
  #tell(id: number, force: boolean): boolean {
    if (this.telling.has(id)) return true
    const node = this.#nodes.get(id)
    if (node === undefined) return false
    const [left = -1, right = -1] = node.inputs
    switch (node.kind) {
      case 'table-source':
      case 'to-table':
      case 'foreign-key-join':
        if (!force && !this.#stored.has(id)) return false
        this.#stored.add(id)
        break
      case 'table-filter':
      case 'table-map':
        if (!node.isNamed && !this.#tell(left, force)) return false
        break
      case 'suppress':
        if (!this.#tell(left, force)) return false
        break
      case 'table-join':
        this.#tell(left, true)
        this.#tell(right, true)
    }
    this.telling.add(id)
    return true
  }

  /** Somebody looks rows of a table up. */
  #store(id: number): void {
    const node = this.#nodes.get(id)
    if (node === undefined) return
    switch (node.kind) {
      case 'table-source':
      case 'to-table':
      case 'foreign-key-join':
        this.#stored.add(id)
        return
      case 'table-filter':
      case 'table-map':
        if (!node.isNamed) this.#store(node.inputs[0] ?? -1)
        return
      case 'suppress':
        this.#store(node.inputs[0] ?? -1)
    }
  }
}
