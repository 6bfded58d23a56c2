/**
 * MIR -> module: decides how keys and values of the input are kept (layout), how they get there from each writer version
 * (reads), how expressions look at them (locate), and how sinks are written (writes). The decoders read exactly what was
 * demanded, no matter what the optimiser has left of it, so that compiled and interpreted pipelines refuse the same bytes.
 */
import { resolveSchemas } from '../../avro/resolve.js'
import { schemaFingerprint } from '../../avro/fingerprint.js'
import type { AvroSchema } from '../../avro/schema.js'
import { none, unite, whole, type Demand, type PlanDemand } from '../ir/demand.js'
import type { MirFunction, MirLocal, MirProgram, MirStatement } from '../ir/mir.js'
import { literal } from '../ir/mir-build.js'
import { mapStatement } from '../ir/mir-visit.js'
import type { InputReader, ModuleIR, PartReader, ReaderVersion, WritePart, WritePlan } from '../ir/module-ir.js'
import type { ResolvedPlan, ResolvedSerde, RowsPort } from '../ir/resolved-plan.js'
import type { SchemaSlot } from '../ir/schema-slots.js'
import { everySubTopology, type Topology, type TopologyInput } from '../ir/topology.js'
import { CodecBuilder } from './codec-table.js'
import { FieldTable, layoutOf, type Layout } from './layout.js'
import { KernelBuilder } from './kernels.js'
import { Locator } from './locate.js'
import { absentReads, readsOf } from './reads.js'
import { usesOf } from './uses.js'
import { withoutTail } from './without-tail.js'
import { writePart } from './writes.js'

export function serdes(program: MirProgram, resolved: ResolvedPlan, topology: Topology, demand: PlanDemand): ModuleIR {
  const builder = new ModuleBuilder(topology, resolved)
  const parts = program.functions.map((fn) => builder.input(fn, inputDemand(topology, fn, demand)))
  return {
    program: { ...program, functions: parts.map((part) => part.fn) },
    readers: parts.map((part) => part.reader),
    writes: builder.writes,
    seeks: builder.seeks,
    kernels: new KernelBuilder(topology, resolved, demand, builder.codecs).kernels(),
    slots: builder.slots,
    codecs: builder.codecs.finish(),
  }
}

interface KeyAndValue {
  readonly key: Demand
  readonly value: Demand
}

function inputDemand(topology: Topology, fn: MirFunction, demand: PlanDemand): KeyAndValue {
  const nodes = inputOf(topology, fn).places.map((place) => demand.inputs.get(place))
  return {
    key: nodes.reduce((all, item) => unite(all, item?.key ?? none), none),
    value: nodes.reduce((all, item) => unite(all, item?.value ?? none), none),
  }
}

/** Of the record that the function of a clock is called with: nothing of it is read. */
const emptyInput: TopologyInput = {
  topic: '',
  framed: false,
  serdes: { key: { kind: 'bytes', nullable: true }, value: { kind: 'bytes', nullable: true } },
  places: [],
  timestamp: undefined,
}

function inputOf(topology: Topology, fn: MirFunction): TopologyInput {
  const inputs = everySubTopology(topology)[fn.subTopology]?.inputs
  const input = fn.input === inputs?.length ? emptyInput : inputs?.[fn.input]
  if (input === undefined) throw new Error(`sub-topology ${fn.subTopology} has no input ${fn.input}`)
  return input
}

class ModuleBuilder {
  readonly slots: SchemaSlot[] = []
  readonly codecs = new CodecBuilder()
  readonly writes = new Map<number, WritePlan>()

  readonly seeks = new Map<number, WritePart>()

  constructor(
    readonly topology: Topology,
    readonly resolved: ResolvedPlan,
  ) {}

  private stateKey({ operator, port }: { readonly operator: number; readonly port: RowsPort }): ResolvedSerde {
    const side = this.resolved.states.get(operator)?.find((candidate) => candidate.port === port)
    if (side === undefined) throw new Error(`the state of operator ${operator} has no serdes`)
    return side.serdes.key
  }

  input(fn: MirFunction, demand: KeyAndValue): { fn: MirFunction; reader: InputReader } {
    const input = inputOf(this.topology, fn)
    const fields = new FieldTable()
    const layouts = {
      key: this.layout(fields, input.serdes.key, demand.key, 'key'),
      value: this.layout(fields, input.serdes.value, demand.value, ''),
    }
    const key = this.part(fields, input, input.serdes.key, layouts.key)
    const value = this.part(fields, input, input.serdes.value, layouts.value)
    const locator = new Locator(fields, layouts)
    const locals = new Map(fn.locals)
    const body = this.body(fn.body, locator, fields, locals, input)
    const subroutines = fn.subroutines.map((subroutine) => ({
      ...subroutine,
      body: this.body(subroutine.body, locator, fields, locals, input),
    }))
    const timestamp = fn.timestamp && {
      body: locator.rewriteBody(fn.timestamp.body),
      result: locator.rewrite(fn.timestamp.result),
    }
    const result = { ...fn, locals, timestamp, body, subroutines }
    const { used, copied } = usesOf(result, this.writes, this.seeks)
    return {
      fn: result,
      reader: {
        topic: input.topic,
        key,
        value: copied ? this.copied(value, input) : value,
        fields: fields.fields.map((field) => ({ ...field, used: used.has(field.id) })),
      },
    }
  }

  private layout(fields: FieldTable, serde: ResolvedSerde, demand: Demand, name: string): Layout {
    if (demand.kind === 'none') return { kind: 'none' }
    if (serde.kind === 'avro') return layoutOf(fields, serde.schema, demand, serde.long, name, serde.nullable)
    const label = name === '' ? 'value' : name
    switch (serde.kind) {
      case 'string':
        return { kind: 'scalar', field: fields.add(label, { kind: 'text', uuid: false }, serde.nullable) }
      case 'int32':
        return { kind: 'scalar', field: fields.add(label, { kind: 'int' }, serde.nullable) }
      case 'int64':
        return { kind: 'scalar', field: fields.add(label, { kind: 'bigint' }, serde.nullable) }
      case 'double':
        return { kind: 'scalar', field: fields.add(label, { kind: 'double' }, serde.nullable) }
      case 'uuid':
      case 'json':
      case 'bytes':
        return { kind: 'value', field: fields.add(label, { kind: 'value' }, serde.nullable), demand }
    }
  }

  private part(fields: FieldTable, input: TopologyInput, serde: ResolvedSerde, layout: Layout): PartReader {
    if (layout.kind === 'none') return { kind: 'unread', nullable: serde.nullable }
    if (serde.kind !== 'avro') {
      if (layout.kind !== 'scalar' && layout.kind !== 'value') throw new Error(`a ${serde.kind} is a ${layout.kind}`)
      const longs = serde.kind === 'json' ? serde.longs : undefined
      return { kind: 'plain', serde: serde.kind, longs, nullable: serde.nullable, field: layout.field }
    }
    const writers = input.framed ? serde.writers : []
    const versions: ReaderVersion[] = []
    for (const writer of writers) {
      const { resolution } = resolveSchemas(writer.schema, serde.schema)
      const slot = this.slot(serde.subject, writer.schema, writer.fingerprint)
      if (versions.some((version) => version.slot === slot)) continue
      versions.push({ slot, version: writer.version, ...readsOf(fields, this.codecs, resolution, layout, serde.long) })
    }
    const readerSlot = this.slot(serde.subject, serde.schema, schemaFingerprint(serde.schema))
    if (!versions.some((version) => version.slot === readerSlot)) {
      const { resolution } = resolveSchemas(serde.schema, serde.schema)
      const reads = readsOf(fields, this.codecs, resolution, layout, serde.long)
      versions.push({ slot: readerSlot, version: 0, ...reads })
    }
    return {
      kind: 'avro',
      nullable: serde.nullable,
      framed: input.framed,
      copied: undefined,
      present: layout.kind === 'record' || layout.kind === 'presence' ? presenceOf(layout) : undefined,
      readerSlot,
      versions,
      absent: absentReads(fields, layout),
    }
  }

  /** The bytes of data of other versions are not those that are copied: they are rewritten first. */
  private copied(part: PartReader, { serdes }: TopologyInput): PartReader {
    const { value } = serdes
    if (part.kind !== 'avro' || value.kind !== 'avro') return part
    const [own, others] = [true, false].map((isOwn) =>
      part.versions.filter(({ slot }) => (slot === part.readerSlot) === isOwn),
    )
    const copied = (others ?? []).map(({ slot, complete }) => {
      const writer = this.slots[slot]?.schema ?? value.schema
      const { resolution } = resolveSchemas(writer, value.schema)
      const read = complete ? resolution : withoutTail(resolution)
      const decoder = this.codecs.decoder(read, whole, value.long)
      return { slot, decoder, encoder: this.codecs.encoder(value.schema, value.long), complete }
    })
    return { ...part, copied, versions: own ?? [] }
  }

  private body(
    body: readonly MirStatement[],
    locator: Locator,
    fields: FieldTable,
    locals: Map<number, MirLocal>,
    input: TopologyInput,
  ): readonly MirStatement[] {
    const inBody = (statements: readonly MirStatement[]): readonly MirStatement[] =>
      statements.flatMap((node): MirStatement[] => {
        if (node.kind === 'seek') return this.seek(node, locator, fields, locals, input)
        if (node.kind !== 'emit') return [mapStatement(node, locator.rewrite, inBody)]
        return this.emit(node, locator, fields, locals, input)
      })
    return inBody(body)
  }

  /** A key of state stands in the canonical form of its serde, without a frame (rule 13). */
  private seek(
    node: MirStatement & { kind: 'seek' },
    locator: Locator,
    fields: FieldTable,
    locals: Map<number, MirLocal>,
    input: TopologyInput,
  ): MirStatement[] {
    const before: MirStatement[] = []
    const fresh = (name: string): number => {
      const id = locals.size
      locals.set(id, { id, name, mutable: false })
      return id
    }
    const { codecs } = this
    const context = { fields, locator, codecs, slot: undefined, fresh, before, input: input.serdes }
    this.seeks.set(node.seek, writePart(context, this.stateKey(node), node.key, 'key'))
    const rewritten = mapStatement({ ...node, key: literal(undefined) }, locator.rewrite, locator.rewriteBody)
    return [...before, rewritten]
  }

  private emit(
    node: MirStatement & { kind: 'emit' },
    locator: Locator,
    fields: FieldTable,
    locals: Map<number, MirLocal>,
    input: TopologyInput,
  ): MirStatement[] {
    const sink = this.topology.sinks[node.sink]
    if (sink === undefined) throw new Error(`there is no sink ${node.sink}`)
    const before: MirStatement[] = []
    const fresh = (name: string): number => {
      const id = locals.size
      locals.set(id, { id, name, mutable: false })
      return id
    }
    const contextOf = (serde: ResolvedSerde): Parameters<typeof writePart>[0] => ({
      fields,
      locator,
      codecs: this.codecs,
      slot:
        serde.kind === 'avro' && sink.framed
          ? this.slot(serde.subject, serde.schema, schemaFingerprint(serde.schema))
          : undefined,
      fresh,
      before,
      input: input.serdes,
    })
    const { key, value } = sink.serdes
    this.writes.set(node.emit, {
      sink: node.sink,
      key: writePart(contextOf(key), key, node.key, 'key'),
      value: writePart(contextOf(value), value, node.value, 'value'),
    })
    const rewritten = mapStatement(
      { ...node, key: literal(undefined), value: literal(undefined) },
      locator.rewrite,
      locator.rewriteBody,
    )
    return [...before, rewritten]
  }

  private slot(subject: string, schema: AvroSchema, fingerprint: string): number {
    const same = this.slots.find((slot) => slot.fingerprint === fingerprint)
    if (same !== undefined) return same.slot
    const slot = this.slots.length
    this.slots.push({ slot, subject, fingerprint, schema })
    return slot
  }
}

function presenceOf(layout: Layout): number | undefined {
  if (layout.kind === 'record') return layout.present
  return layout.kind === 'presence' ? layout.field : undefined
}
