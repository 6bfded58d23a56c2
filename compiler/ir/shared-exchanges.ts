/**
 * Which exchanges are one: operators that need the same stream in the partitions of its keys read one internal topic,
 * as Kafka Streams' `merge.repartition.topics` has it. It decides which topics there are, so that it is no optimisation
 * that could be switched off, and the interpreter keeps to it as well.
 */
import { placeOf, type ExchangeRole, type PlaceId } from './exchange.js'

/** What has to be known of an operator, whether it comes from a recorded graph or from a plan. */
export interface ExchangingNode {
  readonly id: number
  readonly kind: string
  readonly inputs: readonly number[]
  /** Of the topic that it reads itself. */
  readonly topic: string | undefined
  readonly exchanges: readonly ExchangeRole[]
}

export interface SharedExchanges {
  /** Exchanges that write nothing, by those whose records they read. */
  readonly writers: ReadonlyMap<PlaceId, PlaceId>
  /** Exchanges of a stream that another one repartitions as well, by that one: their partitions might differ. */
  readonly apart: ReadonlyMap<PlaceId, PlaceId>
}

/** Only these take records as they are; the others write records of their own making, or a topic of the author's. */
const taking = new Set(['group-by-key', 'to-table', 'process', 'dedupe', 'stream-table-join', 'stream-join'])

/**
 * What is read together with an exchange whose topic is there already and goes on: topics and other exchanges. It decides
 * how many partitions the topic has, so that nothing else may be read with it; undefined: it is not deployed.
 */
export type Deployed = (place: PlaceId) => ReadonlySet<string> | undefined

export function shareExchanges(
  nodes: readonly ExchangingNode[],
  deployed: Deployed = () => undefined,
): SharedExchanges {
  const groups = new Groups(nodes)
  const writers = new Map<PlaceId, PlaceId>()
  const apart = new Map<PlaceId, PlaceId>()
  for (const places of streamsOf(nodes)) {
    const isDeployed = (place: PlaceId): boolean => deployed(place) !== undefined
    const ordered = [...places.filter(isDeployed), ...places.filter((place) => !isDeployed(place))]
    const heads: { readonly place: PlaceId; binding: string | undefined }[] = []
    for (const place of ordered) {
      const binding = groups.binding(place, places)
      const head = heads.find((one) => {
        if (binding === undefined || one.binding !== undefined) return binding === undefined || one.binding === binding
        const beside = deployed(one.place)
        return beside === undefined || groups.reads(binding).some((read) => beside.has(read))
      })
      const [first] = heads
      if (head === undefined) {
        heads.push({ place, binding })
        if (first !== undefined) apart.set(place, first.place)
        continue
      }
      head.binding ??= binding
      writers.set(place, head.place)
    }
    for (const [place, head] of writers) groups.unite(place, head)
  }
  return { writers, apart }
}

/** Exchanges of one stream, where there are several. */
function streamsOf(nodes: readonly ExchangingNode[]): readonly (readonly PlaceId[])[] {
  const streams = new Map<number, PlaceId[]>()
  for (const { id, kind, inputs, exchanges } of nodes) {
    if (!taking.has(kind)) continue
    for (const role of exchanges) {
      const input = inputs[portOf(role)]
      if (input !== undefined) streams.set(input, [...(streams.get(input) ?? []), placeOf(id, role)])
    }
  }
  return [...streams.values()].filter((places) => places.length > 1)
}

function portOf(role: ExchangeRole): 0 | 1 {
  return role === 'right-repartition' ? 1 : 0
}

/** What runs in one task as long as nothing is shared, and what it reads. */
class Groups {
  readonly #parents = new Map<string, string>()
  /** Topics and exchanges, by a part of the group that reads them. */
  readonly #reads: { readonly part: string; readonly read: string }[] = []

  constructor(nodes: readonly ExchangingNode[]) {
    const readers = new Map<string, string>()
    for (const node of nodes) {
      const part = `${node.id}`
      if (node.topic !== undefined) {
        this.#reads.push({ part, read: node.topic })
        this.#unite(readers.get(node.topic) ?? part, part)
        readers.set(node.topic, readers.get(node.topic) ?? part)
      }
      for (const role of node.exchanges) this.#reads.push({ part: partOf(node.id, role), read: placeOf(node.id, role) })
      for (const [port, input] of node.inputs.entries()) {
        if (node.kind === 'foreign-key-join') this.#unite(port === 0 ? part : `${part}/right`, `${input}`)
        else if (!node.exchanges.some((role) => portOf(role) === port)) this.#unite(part, `${input}`)
      }
    }
  }

  unite(left: PlaceId, right: PlaceId): void {
    this.#unite(groupOf(left), groupOf(right))
  }

  /** What decides the partitions of an exchange, when it reads something beside these: its group. */
  binding(place: PlaceId, among: readonly PlaceId[]): string | undefined {
    const own = new Set<string>(among)
    const group = this.#find(groupOf(place))
    return this.reads(group).every((read) => own.has(read)) ? undefined : group
  }

  /** What a group reads. */
  reads(group: string): readonly string[] {
    return this.#reads.filter(({ part }) => this.#find(part) === group).map(({ read }) => read)
  }

  #unite(left: string, right: string): void {
    this.#parents.set(this.#find(right), this.#find(left))
  }

  #find(part: string): string {
    const parent = this.#parents.get(part) ?? part
    return parent === part ? part : this.#find(parent)
  }
}

/** The right rows of a foreign-key join are somewhere else. */
function partOf(node: number, role: ExchangeRole): string {
  return role === 'subscription-registration' ? `${node}/right` : `${node}`
}

function groupOf(place: PlaceId): string {
  return `${Number.parseInt(place, 10)}`
}
