/** The manifest of a generated module: what the runtime has to know before it creates a task. */
import { createHash } from 'node:crypto'
import { schemaText } from '../avro/print-schema.js'
import type {
  Manifest,
  ManifestContents,
  ManifestSerde,
  ManifestStateSerde,
  ManifestStore,
  ManifestTopic,
} from '../runtime/abi/manifest.js'
import type { ModuleIR } from './ir/module-ir.js'
import type { ResolvedPlan, ResolvedSerde } from './ir/resolved-plan.js'
import type { Topology, TopologyStore } from './ir/topology.js'
import { aggregateFields } from './aggregate-fields.js'
import { acceptPipeline } from './topology-lock/accept.js'
import { describePipeline, describeStore } from './topology-lock/describe.js'
import type { LockedPipeline, LockedSerde, LockedStore } from './topology-lock/lock.js'
import { pinNames } from './pin-names.js'
import { schemaFingerprint } from '../avro/fingerprint.js'

/** Interface between generated modules and the runtime; runtime/abi refuses another one. */
const abi = 4

export interface ManifestOptions {
  readonly compiler: string
  readonly sourceHash: string
  /** As it is deployed. */
  readonly locked?: LockedPipeline | undefined
}

export function buildManifest(
  plan: ResolvedPlan,
  topology: Topology,
  ir: ModuleIR,
  options: ManifestOptions,
): Manifest {
  const describe = (
    topic: string,
    serdes: { key: ResolvedSerde; value: ResolvedSerde },
    framed: boolean,
  ): ManifestTopic => ({
    topic,
    key: manifestSerde(ir, serdes.key, framed),
    value: manifestSerde(ir, serdes.value, framed),
  })
  const isGlobal = (id: number): boolean => topology.globalTables.some(({ subTopology }) => subTopology === id)
  const structure = {
    subTopologies: topology.subTopologies.flatMap(({ id, inputs, outputs, awaited }) =>
      isGlobal(id)
        ? []
        : [{ id, inputs: inputs.map((input) => describe(input.topic, input.serdes, input.framed)), outputs, awaited }],
    ),
    globalTables: topology.globalTables.flatMap(({ subTopology, name }) =>
      (topology.subTopologies[subTopology]?.inputs ?? []).map((input) => ({
        subTopology,
        input: describe(input.topic, input.serdes, input.framed),
        store: name,
      })),
    ),
    sinks: topology.sinks.map((sink) => describe(sink.topic, sink.serdes, sink.framed)),
    internalTopics: topology.internalTopics,
  }
  const { stores } = acceptPipeline(options.locked, describePipeline(plan, topology, ''), new Set())
  const manifest: Manifest = {
    abi,
    compiler: options.compiler,
    pipeline: plan.name,
    applicationId: plan.applicationId,
    sourceHash: options.sourceHash,
    topologyHash: topologyHash(plan, topology),
    onError: plan.onError,
    operators: plan.nodes.map((node) => ({
      id: node.id,
      label: node.label,
      kind: node.kind,
      onError: node.onError,
      source: node.span && `${node.span.file}:${node.span.line}:${node.span.column}`,
    })),
    ...structure,
    ...(topology.coPartitioned.length === 0
      ? {}
      : { coPartitioned: topology.coPartitioned.map(({ operator, topics }) => ({ operator, topics })) }),
    stores: topology.stores.map((store) => ({
      name: store.name,
      subTopology: store.subTopology,
      kind: store.kind,
      columns: store.columns,
      bucketMs: store.bucketMs,
      ranges: store.ranges,
      ...(store.ttlMs === undefined ? {} : { ttlMs: store.ttlMs }),
      contents: contentsOf(stores[store.name], store),
      ...fieldsOf(plan, store),
      changelog: store.changelog,
      ...(store.location === undefined ? {} : { location: store.location }),
    })),
    schemas: ir.slots.map(({ slot, subject, fingerprint, schema }) => ({
      slot,
      subject,
      fingerprint,
      schema: schemaText(schema),
    })),
  }
  return pinNames(manifest, options.locked)
}

/** Bytes of internal topics carry no schema id, so the registry has nothing to say about them. */
function manifestSerde(ir: ModuleIR, serde: ResolvedSerde, framed: boolean): ManifestSerde {
  if (serde.kind === 'json') return jsonSerde(serde)
  if (serde.kind !== 'avro') return { kind: serde.kind }
  if (!framed) return { kind: 'bytes' }
  const slotOf = (fingerprint: string): number[] =>
    ir.slots.filter((slot) => slot.fingerprint === fingerprint).map((slot) => slot.slot)
  const [reader] = slotOf(schemaFingerprint(serde.schema))
  if (reader === undefined) return { kind: 'bytes' }
  const slots = serde.writers.flatMap((writer) => slotOf(writer.fingerprint))
  return {
    kind: 'avro',
    subject: serde.subject,
    reader,
    slots: [...new Set([reader, ...slots])],
    ...(serde.long === 'bigint' ? { long: serde.long } : {}),
  }
}

function fieldsOf(plan: ResolvedPlan, store: TopologyStore): Pick<ManifestStore, 'fields'> {
  const fields = aggregateFields(plan, store)
  return fields === undefined ? {} : { fields }
}

function contentsOf(store: LockedStore | undefined, { serdes }: TopologyStore): ManifestContents | undefined {
  if (store === undefined) return undefined
  const { key, outer, rows, older, meaning } = store
  const length = meaning['window.size'] ?? meaning['window.difference']
  const windowMs = typeof length === 'number' ? { windowMs: length } : {}
  return {
    key: withLongs(key, serdes?.key),
    ...(outer === undefined ? {} : { outer }),
    value: withLongs(rows.value, serdes?.value),
    ...windowMs,
    rows: rows.id,
    older: older.map(({ id, value }) => ({ rows: id, value })),
  }
}

/** The bytes of a row do not depend on where its type has bigints, so that the lock does not say it. */
function withLongs(locked: LockedSerde, serde: ResolvedSerde | undefined): ManifestStateSerde {
  return locked.kind === 'json' && serde?.kind === 'json' ? jsonSerde(serde) : locked
}

function jsonSerde({ longs }: ResolvedSerde & { kind: 'json' }): ManifestStateSerde & { kind: 'json' } {
  return longs === undefined ? { kind: 'json' } : { kind: 'json', longs }
}

/** Of what decides where records go and who may process them, not of the code of lambdas. */
export function topologyHash(plan: ResolvedPlan, topology: Topology): string {
  const shape = {
    applicationId: plan.applicationId,
    subTopologies: topology.subTopologies.map((sub) => ({
      inputs: sub.inputs.map((input) => input.topic),
      outputs: sub.outputs.map((output) => topology.sinks[output]?.topic),
    })),
    internalTopics: topology.internalTopics,
    // Who does not know a form of rows must not get the task of a store that holds some.
    ...(topology.stores.length === 0 ? {} : { stores: formsOf(plan, topology) }),
  }
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16)
}

function formsOf(plan: ResolvedPlan, topology: Topology): readonly object[] {
  return topology.stores.map((store) => {
    const { key, rows } = describeStore(plan, store)
    // Who writes no changelog must not share a task with one that reads it.
    const source = store.changelog.restoredBy === undefined ? {} : { changelog: store.changelog.topic }
    const kept = { name: store.name, kind: store.kind, ...source }
    return { ...kept, key: key.kind === 'avro' ? key.fingerprint : key.kind, rows: rows.id }
  })
}
