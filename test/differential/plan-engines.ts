/** The forms of one plan as engines with the same bytes: interpreted with the compiler's serdes and demand, compiled. */
import type { SchemaIds } from '../../compiler/interpret/serdes/avro.js'
import type { WireRecord } from '../../compiler/interpret/index.js'
import { resolvedSerdes } from '../../compiler/interpret/serdes/resolved.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { schemaFingerprint } from '../../avro/fingerprint.js'
import { recordGraph } from '../../dsl/record-graph.js'
import type { Pipeline } from '../../dsl/index.js'
import { compiledEngine } from '../../testing/compiled-engine.js'
import type { PrintRecord } from '../../testing/engine.js'
import { interpretedEngine } from '../../testing/interpreted-engine.js'
import type { Manifest } from '../../runtime/abi/index.js'
import { internalPartitions } from '../../runtime/executor/topology.js'
import { loadModule } from '../conformance/load-module.js'
import type { LoadedPipeline } from '../conformance/compile-files.js'
import type { Observed } from './compare.js'
import { projectFiles } from './compile-plans.js'
import type { GeneratedPlan } from './generate/plan.js'
import { PARTITIONS, type IdOf } from './generate/records.js'

/** Registry ids of a test driver: slot + 1. */
export function idsOf(manifest: Manifest, plan: GeneratedPlan): IdOf {
  return (subject, version) => {
    const fingerprint = schemaFingerprint(parseSchemaOrThrow(plan.subjects.get(subject)?.[version] ?? 'null'))
    const slot = manifest.schemas.find((schema) => schema.fingerprint === fingerprint)?.slot
    // A source that nobody reads has no reader: any id does.
    return slot === undefined ? 1 : slot + 1
  }
}

export function interpretedForm(plan: GeneratedPlan, compiled: LoadedPipeline): Observed {
  const { resolved, demand } = compiled.levels
  const graph = recordGraph(loadModule(projectFiles([plan]), `${plan.name}.ts`)[plan.name] as Pipeline)
  const { print, printed } = printer()
  const internal = internalPartitions(compiled.manifest, () => PARTITIONS)
  const engine = interpretedEngine(graph, {
    partitions: () => PARTITIONS,
    internalPartitions: (topic) => internal.get(topic) ?? PARTITIONS,
    print,
    commits: true,
    label: (node) => resolved.nodes[node.id]?.label ?? '',
    nodeSerdes: resolvedSerdes(resolved, demand, manifestIds(compiled.manifest)),
  })
  return { engine, printed }
}

export function compiledForm(name: string, compiled: LoadedPipeline): Observed {
  const { print, printed } = printer()
  const engine = compiledEngine(compiled.generated, { partitions: () => PARTITIONS, print })
  const named = {
    ...engine,
    name,
    process: (record: WireRecord) => engine.process(record),
    advanceWallClock: (now: number) => engine.advanceWallClock(now),
    commit: () => {
      engine.commit()
    },
    crash: () => {
      engine.crash()
    },
  }
  return { engine: named, printed }
}

function manifestIds({ schemas }: Manifest): SchemaIds {
  const parsed = new Map(schemas.map(({ slot, schema }) => [slot + 1, parseSchemaOrThrow(schema)]))
  const ids = new Map(schemas.map(({ slot, fingerprint }) => [fingerprint, slot + 1]))
  return {
    schemaOf: (id) => parsed.get(id),
    idOf: (fingerprint) => {
      const id = ids.get(fingerprint)
      if (id === undefined) throw new Error(`the manifest has no schema ${fingerprint}`)
      return id
    },
  }
}

/** Values are compared as text at the time when they are printed. */
function printer(): { readonly print: PrintRecord; readonly printed: () => readonly string[] } {
  let lines: string[] = []
  return {
    print: (label, key, value) => lines.push(`printed ${label}: ${textOf(key)} ${textOf(value)}`),
    printed: () => {
      const taken = lines
      lines = []
      return taken
    },
  }
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Date) return `date ${value.getTime()}`
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}: ${textOf(member)}`)
    .join(', ')}}`
}
