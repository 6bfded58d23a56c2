/** Plans without lambdas, by hand: what serdes and code generation are tested with. */
import { placeOf } from '../../../compiler/ir/exchange.js'
import { compileFunction } from 'node:vm'
import { generate } from '../../../compiler/codegen/generate.js'
import { lowered } from '../../../compiler/compile.js'
import type { LogicalNode, LogicalTopic } from '../../../compiler/ir/logical-plan.js'
import type { Optimization } from '../../../compiler/ir/optimizations.js'
import type { ResolvedPlan, ResolvedSerde } from '../../../compiler/ir/resolved-plan.js'
import { buildManifest } from '../../../compiler/manifest.js'
import * as runtime from '../../../runtime/generated/index.js'
import type { GeneratedPipeline } from '../../../runtime/abi/index.js'
import type { AvroSchema } from '../../../avro/schema.js'
import { schemaFingerprint } from '../../../avro/fingerprint.js'

export function avroSerde(
  schema: AvroSchema,
  writers: readonly AvroSchema[] = [schema],
  long: 'number' | 'bigint' = 'number',
): ResolvedSerde {
  return {
    kind: 'avro',
    subject: 'subject-value',
    schema,
    long,
    nullable: false,
    writers: writers.map((writer, index) => ({
      version: index + 1,
      fingerprint: schemaFingerprint(writer),
      schema: writer,
    })),
  }
}

export function plain(kind: Exclude<ResolvedSerde['kind'], 'avro'>, nullable = false): ResolvedSerde {
  return { kind, nullable }
}

export interface PipeOptions {
  readonly key?: ResolvedSerde
  readonly input: ResolvedSerde
  /** One sink each. */
  readonly outputs: readonly ResolvedSerde[]
  readonly print?: boolean
}

/** Reads `in`, prints each record if wanted, and writes it to `out0`, `out1`, … */
export function pipe({ key = plain('string'), input, outputs, print = false }: PipeOptions): ResolvedPlan {
  const base = { name: undefined, span: undefined, onError: { kind: 'fail' } } as const
  const nodes: LogicalNode[] = [{ ...base, id: 0, label: 'in', kind: 'source', topic: topic('in') }]
  if (print) nodes.push({ ...base, id: 1, label: 'print', kind: 'print', input: 0, printLabel: undefined })
  const first = nodes.length
  for (const index of outputs.keys()) {
    const target = { kind: 'topic', topic: topic(`out${index}`) } as const
    const id = first + index
    nodes.push({
      ...base,
      id,
      label: `to-${id}`,
      kind: 'to',
      input: 0,
      target,
      headers: undefined,
      timestamp: undefined,
    })
  }
  const unknown = { kind: 'opaque', text: 'unknown', reason: 'by hand' } as const
  return {
    name: 'pipe',
    applicationId: 'pipe',
    onError: { kind: 'fail' },
    nodes,
    lambdas: [],
    file: 'pipeline.ts',
    exportName: 'pipe',
    bodies: new Map(),
    recordTypes: new Map(),
    edges: new Map(nodes.map((node) => [node.id, { key: unknown, value: unknown }])),
    states: new Map(),
    topics: new Map([
      [placeOf(0), { key, value: input }],
      ...outputs.map((value, index) => [placeOf(first + index), { key, value }] as const),
    ]),
  }
}

function topic(name: string): LogicalTopic {
  return { name, key: undefined, value: undefined, timestamp: undefined, span: undefined }
}

export interface GeneratedPipe {
  readonly pipeline: GeneratedPipeline
  readonly code: string
}

/** The generated module, evaluated without files. */
export function generated(plan: ResolvedPlan, disabled: readonly Optimization[] = []): GeneratedPipe {
  const { topology, module } = lowered(plan, { disabled: new Set(disabled) })
  const manifest = buildManifest(plan, topology, module, { compiler: '0', sourceHash: '' })
  const { code } = generate(module, topology, manifest)
  const body = code
    .replace(/^import \{ (.*) \} from "millrace\/runtime"$/m, 'const { $1 } = runtime')
    .replace('export default pipeline', 'return pipeline')
  const evaluate = compileFunction(body, ['runtime']) as (helpers: typeof runtime) => GeneratedPipeline
  return { pipeline: evaluate(runtime), code }
}
