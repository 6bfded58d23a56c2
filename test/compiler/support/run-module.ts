/** Loads generated modules and runs their tasks on records in memory. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Stop, type GeneratedPipeline } from '../../../runtime/abi/index.js'
import { BatchCursor, buildBatch } from '../../../runtime/kafka/record-batch/index.js'
import { StoreSet } from '../../../runtime/state/store-set.js'
import { MemoryOutputs, type WrittenRecord } from '../../../testing/memory-outputs.js'
import { MemorySchemas } from '../../../testing/memory-schemas.js'

/** Below the repository, where packages can be found; our sources stand for our own package. */
const folder = path.resolve('test/compiler/project')

export async function loadModule(code: string): Promise<GeneratedPipeline> {
  mkdirSync(folder, { recursive: true })
  const directory = mkdtempSync(path.join(folder, 'module-'))
  try {
    const file = path.join(directory, 'module.mjs')
    const runtime = pathToFileURL(path.resolve('runtime/index.ts')).href
    const text = code.replaceAll('"millrace/runtime"', JSON.stringify(runtime)).replace(/\/\/# sourceMappingURL=.*/, '')
    writeFileSync(file, text)
    const loaded = (await import(/* @vite-ignore */ file)) as { readonly default: GeneratedPipeline }
    return loaded.default
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

export interface InputRecord {
  readonly key?: Uint8Array | null
  readonly value: Uint8Array | null
  readonly timestamp?: number
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array }[]
}

export interface RunResult {
  readonly written: readonly WrittenRecord[]
  readonly printed: readonly (readonly unknown[])[]
  /** Of the records that failed, in order; they are skipped. */
  readonly errors: readonly { readonly offset: number; readonly operator: number; readonly message: string }[]
  readonly counts: readonly number[]
}

export interface RunOptions {
  readonly subTopology?: number
  readonly input?: number
  readonly partitions?: number
}

/** Bytes framed with the id that memory schemas have for the slot of a subject's version. */
export function framed(pipeline: GeneratedPipeline, fingerprint: string, data: Uint8Array): Uint8Array {
  const slot = pipeline.manifest.schemas.find((schema) => schema.fingerprint === fingerprint)?.slot
  if (slot === undefined) throw new Error(`no slot has the fingerprint ${fingerprint}`)
  const bytes = Buffer.alloc(5 + data.length)
  bytes.writeInt32BE(slot + 1, 1)
  bytes.set(data, 5)
  return bytes
}

export function run(pipeline: GeneratedPipeline, records: readonly InputRecord[], options: RunOptions = {}): RunResult {
  const { subTopology = 0, input = 0, partitions = 3 } = options
  const outputs = new MemoryOutputs(pipeline.manifest, () => partitions)
  const printed: unknown[][] = []
  const errors: { offset: number; operator: number; message: string }[] = []
  const task = pipeline.createTask(subTopology, {
    partition: 0,
    outputs,
    schemas: new MemorySchemas(pipeline.manifest),
    stores: StoreSet.of(pipeline.manifest.stores, subTopology),
    globals: StoreSet.ofGlobals(pipeline.manifest.globalTables),
    log: { print: (...args) => printed.push(args) },
    now: () => 0,
    isIdle: () => true,
    deadline: Infinity,
  })
  const batch = buildBatch(
    records.map(({ key = Buffer.from('k'), value, timestamp = 1_700_000_000_000, headers = [] }) => ({
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      timestamp,
      headers: headers.map((header) => ({ key: header.key, value: Buffer.from(header.value) })),
    })),
  )
  for (const one of new BatchCursor(batch)) {
    const { buffer, view, start, end, ...rest } = one.records()
    const section = { ...rest, fromOffset: 0 }
    let position = start
    while (position < end) {
      const stop = task.process(input, buffer, view, position, end, section, Infinity)
      position = task.position
      if (stop === Stop.RecordError) {
        const message = task.error instanceof Error ? task.error.message : String(task.error)
        const offset = errors.length + task.nextOffset
        errors.push({ offset, operator: task.failedOperator, message })
        position = nextRecord(buffer, position)
      } else if (stop !== Stop.End && stop !== Stop.OutputFull) throw new Error(`stopped for ${stop}`)
      outputs.full = false
    }
  }
  return { written: outputs.take(), printed, errors, counts: [...task.counts] }
}

function nextRecord(buffer: Buffer, position: number): number {
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = buffer[position++] ?? 0
    length |= (byte & 127) << shift
    if (byte < 128) return position + (length >>> 1)
  }
}
