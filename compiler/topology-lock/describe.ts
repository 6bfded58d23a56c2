/** What a compiled pipeline keeps in Kafka, in the form of the lock. */
import { createHash } from 'node:crypto'
import { schemaFingerprint } from '../../avro/fingerprint.js'
import { schemaText } from '../../avro/print-schema.js'
import type { ResolvedPlan, ResolvedSerde, ResolvedTopic } from '../ir/resolved-plan.js'
import type { Topology, TopologyStore } from '../ir/topology.js'
import type { LockedInternalTopic, LockedMeaning, LockedPipeline, LockedSerde, LockedStore } from './lock.js'
import { lastingMeaning, meaningOf } from './meaning.js'

const bookkeeping: LockedSerde = { kind: 'bytes' }

/** `topologyHash`: of the manifest. Forms that rows had before are the lock's to know: `older` is empty. */
export function describePipeline(plan: ResolvedPlan, topology: Topology, topologyHash: string): LockedPipeline {
  const internal = new Set(topology.internalTopics.map(({ topic }) => topic))
  const short = (topic: string): string => (internal.has(topic) ? withoutId(plan, topic) : topic)
  return {
    applicationId: plan.applicationId,
    topologyHash,
    subTopologies: topology.subTopologies.map(({ inputs }) => inputs.map(({ topic }) => short(topic))),
    internalTopics: Object.fromEntries(
      topology.internalTopics.map((topic) => [
        short(topic.topic).replace(/-repartition$/, ''),
        internalTopic(plan, topology, topic),
      ]),
    ),
    stores: Object.fromEntries(topology.stores.map((store) => [store.name, describeStore(plan, store)])),
  }
}

/** Topics of exchanges as the operators are called in the code, and what is read together with them; without the id. */
export function deployedExchanges(locked: LockedPipeline | undefined): ReadonlyMap<string, ReadonlySet<string>> {
  const { internalTopics = {}, subTopologies = [] } = locked ?? {}
  const names = new Map(Object.entries(internalTopics).map(([name, { topic }]) => [topic, `${name}-repartition`]))
  const nameOf = (topic: string): string => names.get(topic) ?? topic
  return new Map(
    [...names].map(([topic, name]) => {
      const together = subTopologies.filter((inputs) => inputs.includes(topic) || inputs.includes(name)).flat()
      return [name, new Set(together.map(nameOf).filter((other) => other !== name))]
    }),
  )
}

export function describeStore(plan: ResolvedPlan, store: TopologyStore): LockedStore {
  const node = plan.nodes[store.node]
  if (node === undefined) throw new RangeError(`store ${store.name} has no operator`)
  const { kind, columns } = store
  const meaning = meaningOf(plan.nodes, node)
  const key = store.serdes === undefined ? bookkeeping : lockedSerde(store.serdes.key)
  const value = store.serdes === undefined ? bookkeeping : lockedSerde(store.serdes.value)
  return {
    ...{ kind, columns, meaning, key },
    ...(store.outer === undefined ? {} : { outer: lockedSerde(store.outer) }),
    rows: { id: rowsId(kind, columns, meaning, value), value },
    older: [],
    ...changelogOf(plan, store),
    ...(store.location === undefined ? {} : { location: store.location }),
  }
}

function changelogOf(plan: ResolvedPlan, { changelog }: TopologyStore): Pick<LockedStore, 'changelog' | 'isSource'> {
  const { topic, restoredBy } = changelog
  return restoredBy === undefined ? { changelog: withoutId(plan, topic) } : { changelog: topic, isSource: true }
}

function internalTopic(
  plan: ResolvedPlan,
  topology: Topology,
  { topic, partitions }: Topology['internalTopics'][number],
): LockedInternalTopic {
  const serdes = topology.sinks.find((sink) => sink.topic === topic)?.serdes
  if (serdes === undefined) throw new Error(`nothing writes to ${topic}`)
  const alsoFor = topology.exchanges
    .filter((exchange) => exchange.topic === topic && exchange.writer !== undefined)
    .map(({ node, role }) => `${nameOfNode(plan, node)}-${role}`.replace(/-repartition$/, ''))
  const shared = alsoFor.length === 0 ? {} : { alsoFor }
  return { topic: withoutId(plan, topic), partitions, ...shared, ...bothOf(serdes) }
}

function nameOfNode({ nodes }: ResolvedPlan, id: number): string {
  const node = nodes[id]
  return node?.name ?? node?.label ?? '?'
}

function bothOf({ key, value }: ResolvedTopic): { readonly key: LockedSerde; readonly value: LockedSerde } {
  return { key: lockedSerde(key), value: lockedSerde(value) }
}

function lockedSerde(serde: ResolvedSerde): LockedSerde {
  if (serde.kind !== 'avro') return { kind: serde.kind }
  const { schema, long } = serde
  return { kind: 'avro', fingerprint: schemaFingerprint(schema), schema: schemaText(schema), long }
}

/** 31 bits tell the few forms of one store apart; 0 stands for none. */
function rowsId(kind: string, columns: number, meaning: LockedMeaning, value: LockedSerde): number {
  const form = [kind, columns, Object.entries(lastingMeaning(meaning)).sort(), nameOf(value)]
  const id = createHash('sha256').update(JSON.stringify(form)).digest().readInt32BE() & 0x7fff_ffff
  return id === 0 ? 1 : id
}

function nameOf(serde: LockedSerde): string {
  return serde.kind === 'avro' ? serde.fingerprint : serde.kind
}

function withoutId({ applicationId }: ResolvedPlan, topic: string): string {
  return topic.startsWith(`${applicationId}-`) ? topic.slice(applicationId.length + 1) : topic
}
