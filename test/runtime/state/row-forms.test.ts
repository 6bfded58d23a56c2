/** Rows that an older version of a pipeline has written are read with its schema, from changelogs and snapshots. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeValue } from '../../../avro/decode.js'
import { encodeValue } from '../../../avro/encode.js'
import { schemaFingerprint } from '../../../avro/fingerprint.js'
import { parseSchemaOrThrow } from '../../../avro/parse-schema.js'
import type { ManifestContents } from '../../../runtime/abi/index.js'
import { BatchCursor, BatchWriter } from '../../../runtime/kafka/record-batch/index.js'
import { applyChanges, writeChanges } from '../../../runtime/state/changelog.js'
import { RowForms, UnknownRowsError } from '../../../runtime/state/row-forms.js'
import { SnapshotRejectedError } from '../../../runtime/state/snapshot-header.js'
import { SnapshotWriter, loadSnapshot } from '../../../runtime/state/snapshot.js'
import { MemoryTable } from '../../../runtime/state/memory-table.js'

const recordOf = (fields: readonly object[]): string => JSON.stringify({ type: 'record', name: 'Total', fields })
const old = recordOf([{ name: 'sum', type: 'long' }])
const present = recordOf([
  { name: 'note', type: ['null', 'string'], default: null },
  { name: 'sum', type: 'long' },
])

const serde = (schema: string) => {
  const fingerprint = schemaFingerprint(parseSchemaOrThrow(schema))
  return { kind: 'avro', fingerprint, schema, long: 'bigint' } as const
}
const key = { kind: 'string' } as const
const before: ManifestContents = { key, value: serde(old), rows: 7, older: [] }
const after: ManifestContents = { key, value: serde(present), rows: 8, older: [{ rows: 7, value: serde(old) }] }

/** Beyond what a double holds: nothing is lost on the way. */
const sum = 2n ** 60n + 1n

const filled = (): MemoryTable => {
  const table = new MemoryTable(1)
  const slot = table.insert(Buffer.from('k'), 0, 1, 5)
  const value = Buffer.from(encodeValue(parseSchemaOrThrow(old), { sum }, { long: 'bigint' }))
  table.setNumber(slot, 0, 3)
  table.setValue(slot, value, 0, value.length)
  return table
}

const contents = (table: MemoryTable): unknown => {
  const slot = table.find(Buffer.from('k'), 0, 1)
  const bytes = table.valueBuffer(slot).subarray(table.valueStart(slot), table.valueEnd(slot))
  return {
    number: table.number(slot, 0),
    ...(decodeValue(parseSchemaOrThrow(present), bytes, { long: 'bigint' }) as object),
  }
}

const changelogOf = (table: MemoryTable, form: number): Buffer => {
  const writer = new BatchWriter({ batchLimit: 1 << 16, maxRecordBytes: 1 << 16 })
  writeChanges(table, writer, 0, form)
  const producer = { producerId: -1n, producerEpoch: -1, baseSequence: -1, isTransactional: false } as const
  return Buffer.concat(writer.seal({ ...producer, compression: 'none' }).map(({ buffer }) => buffer))
}

const replay = (batch: Buffer, forms: RowForms): MemoryTable => {
  const table = new MemoryTable(1)
  for (const one of new BatchCursor(batch)) applyChanges(table, one.records(), 0, forms)
  return table
}

describe('rows of an older form', () => {
  it('are rewritten as a changelog is replayed', () => {
    const batch = changelogOf(filled(), new RowForms(before).current)
    expect(contents(replay(batch, new RowForms(after)))).toEqual({ number: 3, note: null, sum })
  })

  it('are refused when the build does not know them', () => {
    const batch = changelogOf(filled(), 9)
    expect(() => replay(batch, new RowForms(after))).toThrow(UnknownRowsError)
    expect(() => replay(batch, new RowForms(undefined))).toThrow(/a newer version of the pipeline has written them/)
  })

  it('are rewritten as a snapshot is loaded, and refused with it', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'millrace-forms-'))
    afterAll(() => {
      rmSync(directory, { recursive: true, force: true })
    })
    const file = path.join(directory, 'a.snapshot')
    const identity = { topic: 'c', topicId: 'id', partition: 0, store: 'totals', layout: 'key-value 1' }
    const writer = new SnapshotWriter(file, identity, 1, filled(), 7)
    writer.step(Infinity)
    writer.finish()
    const table = new MemoryTable(1)
    expect(loadSnapshot(file, identity, { start: 0, end: 1 }, table, new RowForms(after))).toBe(1)
    expect(contents(table)).toEqual({ number: 3, note: null, sum })
    const other = new RowForms({ ...before, rows: 10 })
    expect(() => loadSnapshot(file, identity, { start: 0, end: 1 }, new MemoryTable(1), other)).toThrow(
      SnapshotRejectedError,
    )
  })
})
